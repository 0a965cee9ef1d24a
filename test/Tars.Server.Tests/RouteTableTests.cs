using Tars.Server.Routes;
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
}
