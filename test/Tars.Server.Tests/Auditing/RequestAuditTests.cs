using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tars.Compliance.Audit;
using Tars.Configuration;
using Tars.Server.Access;
using Tars.Server.Auditing;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Xunit;

namespace Tars.Server.Tests.Auditing;

public sealed class RequestAuditTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Act_OfAnAdministrator_IsIntendedBeforeAndToldAfter()
    {
        EdgeServer? server = null;
        string[] seenInside = [];
        (ApiRoute, Delegate)[] routes =
        [
            (EdgeServer.Route("/keys/{id}", "revokeKey", "DELETE", Role.Admin, audit: RequestAudit.Always), (HttpContext context, string id) =>
            {
                seenInside = [.. server!.Events().Select(one => $"{one.Type} {one.Outcome}")];
                RequestEntry.Of(context).Data["revoked"] = id;
                return TypedResults.NoContent();
            }),
        ];
        await using (server = await EdgeServer.StartAsync(string.Empty, routes, audits: true))
        {
            using HttpClient client = server.Client("admin/key-7");
            using HttpResponseMessage answer = await client.DeleteAsync(EdgeServer.At("/keys/12"), Stop);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal(["api.act Intent"], seenInside);
            AuditRecord[] events = [.. server.Events()];
            Assert.Equal([AuditOutcome.Intent, AuditOutcome.Success], events.Select(one => one.Outcome));
            Assert.Equal("/keys/12", events[1].Resource);
            Assert.Equal("admin", events[1].Role);
            Assert.NotNull(events[1].RequestId);
            Assert.Equal(events[0].RequestId, events[1].RequestId);
            Assert.Equal("""{"operation":"revokeKey","method":"DELETE","status":204,"credential":"api_key","credential_id":"key-7","revoked":"12"}""", events[1].Data!.ToJsonString());
            Assert.All(events, AssertSealed);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Download_LargerThanAnyBuffer_IsInTheLogBeforeItsFirstByte(bool byWriter)
    {
        EdgeServer? server = null;
        int eventsAtFirstByte = -1;
        byte[] chunk = new byte[64 * 1024];
        using SemaphoreSlim goOn = new(0);
        (ApiRoute, Delegate)[] routes =
        [
            (EdgeServer.Route("/file", "getFile", least: Role.Admin, limit: LimitClass.Download, audit: RequestAudit.Always), async (HttpContext context) =>
            {
                for (int i = 0; i < 32; i++)
                {
                    await (byWriter ? context.Response.BodyWriter.WriteAsync(chunk).AsTask() : context.Response.Body.WriteAsync(chunk).AsTask());
                    if (i == 0)
                    {
                        await goOn.WaitAsync();
                    }
                }
            }),
        ];
        await using (server = await EdgeServer.StartAsync(string.Empty, routes, audits: true))
        {
            using HttpClient client = server.Client("admin");
            using HttpResponseMessage answer = await client.GetAsync(EdgeServer.At("/file"), HttpCompletionOption.ResponseHeadersRead, Stop);
            eventsAtFirstByte = server.Events().Count;
            goOn.Release();
            byte[] body = await answer.Content.ReadAsByteArrayAsync(Stop);
            Assert.Equal(32 * chunk.Length, body.Length);
            Assert.Equal(1, eventsAtFirstByte);
            AuditRecord record = Assert.Single(server.Events());
            Assert.Equal("api.download", record.Type);
            Assert.Equal(AuditOutcome.Success, record.Outcome);
        }
    }

    [Fact]
    public async Task Login_ThatFails_IsDeniedOnceAndTellsNoName()
    {
        (ApiRoute, Delegate)[] routes =
        [
            (EdgeServer.Route("/login", "login", "POST", limit: LimitClass.Login, audit: RequestAudit.Always), (HttpContext context) =>
            {
                RequestEntry.Of(context).Login = "grace@example.com";
                throw new ProblemException(ErrorCode.Unauthorized, "no");
            }),
        ];
        await using EdgeServer server = await EdgeServer.StartAsync("api: {rate_limit_login: 2}", routes, audits: true);
        using HttpClient client = server.Client();
        List<int> statuses = [];
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage answer = await client.PostAsync(EdgeServer.At("/login"), null, Stop);
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([401, 401, 429, 429, 429], statuses);
        Assert.Equal(["api.login 401", "api.login 401", "api.denied 429"], server.Events().Select(one => $"{one.Type} {one.Data!["status"]}"));
        Assert.All(server.Events(), one => Assert.Equal(AuditOutcome.Denied, one.Outcome));
        Assert.All(server.Events(), AssertSealed);
        Assert.NotEqual(server.Events()[0].Person!.Subject, server.Events()[2].Person!.Subject);
    }

    [Theory]
    [InlineData("refused", 401, "expired")]
    [InlineData("readonly", 403, "forbidden")]
    [InlineData(null, 401, null)]
    public async Task Denial_OfWhoeverShowedACredential_IsInTheLog(string? caller, int status, string? reason)
    {
        (ApiRoute, Delegate)[] routes = [(EdgeServer.Route("/users", "listUsers", least: Role.Admin), () => "users")];
        await using EdgeServer server = await EdgeServer.StartAsync(string.Empty, routes, audits: true);
        using HttpClient client = server.Client(caller);
        using HttpResponseMessage answer = await client.GetAsync(EdgeServer.At("/users"), Stop);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(reason is null ? [] : [$"api.denied {status} {reason} listUsers"], server.Events().Select(one => $"{one.Type} {one.Data!["status"]} {one.Data!["reason"]} {one.Data!["operation"]}"));
    }

    [Theory]
    [InlineData("none", 0)]
    [InlineData("all", 1)]
    public async Task Read_IsAuditedAsTheConfigurationSays(string setting, int expected)
    {
        (ApiRoute, Delegate)[] routes = [(EdgeServer.Route("/daily", "getDaily", least: Role.ReadOnly, audit: RequestAudit.Read), () => TypedResults.Ok("a day"))];
        await using EdgeServer server = await EdgeServer.StartAsync($"api: {{audit_reads: {setting}}}", routes, audits: true);
        using HttpClient client = server.Client("readonly");
        Assert.Equal("\"a day\"", await client.GetStringAsync(EdgeServer.At("/daily?secret=1"), Stop));
        Assert.Equal(Enumerable.Repeat("api.read /daily 200", expected), server.Events().Select(one => $"{one.Type} {one.Resource} {one.Data!["status"]}"));
    }

    [Theory]
    [InlineData("GET", "/daily", "readonly")]
    [InlineData("DELETE", "/keys/1", "admin")]
    [InlineData("GET", "/file", "admin")]
    [InlineData("POST", "/login", null)]
    [InlineData("GET", "/file", "refused")]
    [InlineData("GET", "/file", "readonly")]
    public async Task Request_WhileTheLogCannotBeWritten_IsAnsweredUnavailableAndLeaksNothing(string method, string path, string? caller)
    {
        bool wasDone = false;
        (ApiRoute, Delegate)[] routes =
        [
            (EdgeServer.Route("/daily", "getDaily", least: Role.ReadOnly, audit: RequestAudit.Read), () => TypedResults.Text("the figures")),
            (EdgeServer.Route("/keys/{id}", "revokeKey", "DELETE", Role.Admin, audit: RequestAudit.Always), () => { wasDone = true; }),
            (EdgeServer.Route("/file", "getFile", least: Role.Admin, limit: LimitClass.Download, audit: RequestAudit.Always), (HttpContext context) =>
            {
                context.Response.Headers.ETag = "\"the figures\"";
                context.Response.ContentLength = 11;
                return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("the figures")).AsTask();
            }),
            (EdgeServer.Route("/login", "login", "POST", limit: LimitClass.Login, audit: RequestAudit.Always), () => TypedResults.Text("the figures")),
        ];
        await using EdgeServer server = await EdgeServer.StartAsync("api: {audit_reads: all}", routes, audits: true);
        server.FreezeAudit();
        using HttpClient client = server.Client(caller);
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage answer = await client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.DoesNotContain("figures", await answer.Content.ReadAsStringAsync(Stop) + answer.Headers, StringComparison.Ordinal);
        Assert.False(wasDone);
    }

    [Fact]
    public async Task Settings_ReadsWithoutALog_AreRefusedAtStart() =>
        Assert.Contains("api.audit_reads: is all, and there is no audit log", (await Assert.ThrowsAsync<SettingsException>(() => EdgeServer.StartAsync("api: {audit_reads: all}"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Read_ManyAtOnce_AreEachInTheLog()
    {
        (ApiRoute, Delegate)[] routes = [(EdgeServer.Route("/daily", "getDaily", least: Role.ReadOnly, audit: RequestAudit.Read), () => TypedResults.Ok("a day"))];
        await using EdgeServer server = await EdgeServer.StartAsync("api: {audit_reads: all, rate_limit_enabled: false}", routes, audits: true);
        using HttpClient client = server.Client("readonly");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            for (int i = 0; i < 50; i++)
            {
                Assert.Equal("\"a day\"", await client.GetStringAsync(EdgeServer.At("/daily"), Stop));
            }
        }));
        Assert.Equal(800, server.Events().Count);
    }

    private static void AssertSealed(AuditRecord record)
    {
        string line = Encoding.UTF8.GetString(record.Line.Span);
        Assert.DoesNotContain("example.com", line, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", line, StringComparison.Ordinal);
        Assert.NotNull(record.Person);
    }
}
