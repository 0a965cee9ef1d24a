using Tars.Server.Access;
using Tars.Server.Routes;
using Tars.TestKit;
using Xunit;

namespace Tars.Server.Tests;

public sealed class RouteTableTests
{
    [Fact]
    public void All_MethodAndTemplateOrAlias_AreThereOnce()
    {
        string[] paths = [.. ApiRoutes.All.SelectMany(route => route.Aliases.Append(route.Template).Select(path => $"{route.Method} {path}"))];
        Assert.Equal(paths.Length, paths.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(ApiRoutes.All.Count, ApiRoutes.All.Select(route => route.OperationId).Distinct().Count());
    }

    // Written anew with TARS_UPDATE_GOLDEN=1, as golden files are.
    [Fact]
    public void Reference_IsTheTable()
    {
        string path = RepositoryRoot.PathOf("docs/reference/api-routes.md");
        string expected = Text();
        if (Environment.GetEnvironmentVariable(Golden.UpdateVariable) == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    private static string Text()
    {
        static string Role(ApiRoute route) => route.Least is { } least ? RoleNames.Of(least) : "anybody";
        static string Word<T>(T value)
            where T : struct, Enum => value.ToString().ToLowerInvariant();
        static string Audit(ApiRoute route) => route.Audit switch
        {
            RequestAudit.Never => "no",
            RequestAudit.Read => "as `api.audit_reads` says",
            _ => "always",
        };
        return string.Join('\n', (string[])
        [
            "# Routes of the API",
            string.Empty,
            "Every route with its whole policy: the least role, which limit counts it ([limits](api-limits.md)), and whether a call is an event of the audit log. Whatever answers `GET`",
            "answers `HEAD`. A path that is not here answers 404, a method that is not here 405. [The way of a request](api-pipeline.md) says who looks at it in which order.",
            string.Empty,
            "| method | path | role | limit | audited | what it does | older paths |",
            "|---|---|---|---|---|---|---|",
            .. ApiRoutes.All.Select(route => $"| {route.Method} | `{route.Template}` | {Role(route)} | {Word(route.Limit)} | {Audit(route)} | {route.Summary} | {string.Join(", ", route.Aliases.Select(alias => $"`{alias}`"))} |"),
            string.Empty,
        ]);
    }
}
