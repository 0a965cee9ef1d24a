using Tars.Server.Access;
using Tars.Server.Auditing;
using Tars.Server.Routes;
using Tars.TestKit;
using Xunit;

namespace Tars.Server.Tests.Auditing;

public sealed class RequestEventsTests
{
    [Fact]
    public void All_AreTheRowsOfTheGuide()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(RepositoryRoot.FullPath, "docs/formats/audit-events.md")).Where(line => line.StartsWith("| `api.", StringComparison.Ordinal)).Select(line => line.Split('`')[1])];
        Assert.Equal(RequestEvents.All, rows);
    }

    [Fact]
    public void Of_EveryRouteThatIsAudited_IsOneOfThem() => Assert.All(ApiRoutes.All.Where(route => route.Audit is RequestAudit.Read or RequestAudit.Always), route => Assert.Contains(RequestEvents.Of(route), RequestEvents.All));

    [Fact]
    public void Policies_OfEveryRoute_FitTogether() => Assert.All(ApiRoutes.All, route =>
    {
        Assert.True(route.Limit != LimitClass.Download || route.Audit == RequestAudit.Always, $"{route.OperationId}: downloads are always audited");
        Assert.True(route.Limit != LimitClass.Login || route.Audit is RequestAudit.Always or RequestAudit.ByItself, $"{route.OperationId}: logins are always audited");
        Assert.True(route.Method is "GET" or "HEAD" || route.Audit is RequestAudit.Always or RequestAudit.ByItself, $"{route.OperationId}: what changes something is always audited");
        Assert.True(route.Least is null || route.Audit != RequestAudit.Never || route.Limit == LimitClass.None, $"{route.OperationId}: what needs a role is read under the policy of reads");
    });

    [Theory]
    [InlineData("POST", LimitClass.Role, true)]
    [InlineData("GET", LimitClass.Role, false)]
    [InlineData("POST", LimitClass.Login, false)]
    public void IsIntended_IsWhatChangesSomething(string method, LimitClass limit, bool expected) =>
        Assert.Equal(expected, RequestEvents.IsIntended(EdgeServer.Route("/x", "x", method, Role.Admin, limit, RequestAudit.Always)));
}
