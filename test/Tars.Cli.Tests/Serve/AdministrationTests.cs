using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.Tests.Store;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;
using Tars.Storage.Reports;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Serve;

/// <summary>What administrators and auditors read over the API, from a folder with keys, an audit log and a signed report.</summary>
public sealed class AdministrationTests : IAsyncLifetime
{
    private FilledStore? _filled;
    private RunningCommand? _serving;
    private HttpClient? _client;
    private StoredReport? _report;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _filled = await FilledStore.CreateAsync("storage: { folder: data }\nschedules: { morning: { task: daily, cron: \"0 6 * * *\" } }");
        await using (OpenedStore store = await _filled.OpenAsync())
        {
            _report = await _filled.PublishAsync(store, 1);
        }

        _serving = TarsProgram.Command(_filled.Path, [.. ServedCaller.Serve, "--set", "api.jwt_secret=hunter2hunter2hunter2hunter2hunter2"]).Start();
        _client = await ServedCaller.ConnectAsync(_filled.Path, _serving);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_serving is not null)
        {
            await _serving.DisposeAsync();
        }

        _filled?.Dispose();
    }

    [Fact]
    public async Task Audit_EventsPagesAndProofs_AreThoseOfTheLog()
    {
        List<JsonNode> events = [];
        string? cursor = null;
        do
        {
            JsonNode page = await JsonAsync($"/api/audit?limit=2{(cursor is null ? string.Empty : $"&cursor={cursor}")}");
            events.AddRange(page["events"]!.AsArray().Select(one => one!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(one => (int)one["sequence"]!));
        JsonNode intent = Assert.Single(events, one => (string?)one["event_type"] == "run.intent");
        Assert.Equal(_report!.RunId.ToString(), (string?)intent["run_id"]);
        Assert.NotNull(intent["subject"]);
        Assert.DoesNotContain(FilledStore.Ada, string.Concat(events.Select(one => one.ToJsonString())), StringComparison.Ordinal);
        Assert.Single((await JsonAsync("/api/audit?type=run.intent&outcome=intent"))["events"]!.AsArray());
        Assert.Empty((await JsonAsync("/api/audit?type=run.intent&to=2020-01-01"))["events"]!.AsArray());

        JsonNode proof = await JsonAsync($"/api/audit/{(string)intent["event_id"]!}/proof");
        string pem = _filled!.Combine("log.pub");
        await File.WriteAllTextAsync(pem, (string)proof["key"]!, Cancellation);
        PublicKey key = TrustedKeys.FromFile(pem).Keys.Single().Key;
        Assert.True(InclusionProofFile.TryParse(Encoding.UTF8.GetBytes((string)proof["proof"]!), out InclusionProofFile? file, out string? refusal), refusal);
        byte[] line = Encoding.UTF8.GetBytes((string)proof["event"]!);
        Assert.IsNotType<InclusionVerdict.Refused>(InclusionVerdict.Of(file!, line, key));
        line[^2] ^= 1;
        Assert.IsType<InclusionVerdict.Refused>(InclusionVerdict.Of(file!, line, key));

        JsonNode checkpoint = await JsonAsync("/api/audit/checkpoint");
        Assert.True((long)checkpoint["size"]! >= (long)proof["size"]!);
        Assert.Contains((string)checkpoint["origin"]!, (string)checkpoint["note"]!, StringComparison.Ordinal);
        using HttpResponseMessage none = await _client!.GetAsync(new Uri("/api/audit/99999/proof", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Verify_FilesOfAReport_HoldAndEachChangedByteDoesNot()
    {
        string folder = _filled!.Combine("exported");
        await _filled.TarsAsync(0, "reports", "export", "latest", "--output", folder);
        string envelope = Directory.EnumerateFiles(folder, "*.dsse.json").Single();
        string[] files = [.. Directory.EnumerateFiles(folder).Where(path => path != envelope)];
        byte[] signed = await File.ReadAllBytesAsync(envelope, Cancellation);
        byte[][] contents = [.. files.Select(File.ReadAllBytes)];

        JsonNode good = await VerifyAsync(signed, files.Zip(contents));
        Assert.True((bool)good["verified"]!, good.ToJsonString());
        Assert.Equal(2, good["signatures"]!.AsArray().Count);
        Assert.Equal(files.Select(path => Path.GetFileName(path)), good["files"]!.AsArray().Select(file => (string?)file!["signed_as"]));

        for (int i = 0; i < contents.Length; i++)
        {
            byte[][] changed = [.. contents];
            changed[i] = [.. contents[i]];
            changed[i][^1] ^= 1;
            JsonNode bad = await VerifyAsync(signed, files.Zip(changed));
            Assert.False((bool)bad["verified"]!);
            Assert.Contains(Path.GetFileName(files[i]), (string)bad["reason"]!, StringComparison.Ordinal);
        }

        JsonObject forged = JsonNode.Parse(signed)!.AsObject();
        forged["signatures"]![0]!["sig"] = forged["signatures"]![1]!["sig"]!.DeepClone();
        Assert.False((bool)(await VerifyAsync(Encoding.UTF8.GetBytes(forged.ToJsonString()), files.Zip(contents)))["verified"]!);
        Assert.False((bool)(await VerifyAsync("{}"u8.ToArray(), files.Zip(contents)))["verified"]!);
    }

    [Fact]
    public async Task Verify_WhatIsNoUpload_IsRefused()
    {
        using StringContent json = new("{}", Encoding.UTF8, "application/json");
        using HttpResponseMessage wrongType = await _client!.PostAsync(new Uri("/api/verify", UriKind.Relative), json, Cancellation);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrongType.StatusCode);
        using MultipartFormDataContent empty = new() { { new StringContent("x"), "something" } };
        using HttpResponseMessage wrongPart = await _client.PostAsync(new Uri("/api/verify", UriKind.Relative), empty, Cancellation);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrongPart.StatusCode);
        using StringContent torn = new("--b\r\nnonsense");
        torn.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        using HttpResponseMessage malformed = await _client.PostAsync(new Uri("/api/verify", UriKind.Relative), torn, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
    }

    [Fact]
    public async Task Administration_ShowsWhatIsInForceAndNoSecret()
    {
        JsonNode configuration = await JsonAsync("/api/admin/configuration");
        Assert.Equal("(secret)", (string?)configuration["settings"]!["api"]!["jwt_secret"]);
        Assert.Equal("data", (string?)configuration["settings"]!["storage"]!["folder"]);
        Assert.DoesNotContain("hunter2", configuration.ToJsonString(), StringComparison.Ordinal);

        JsonNode keys = await JsonAsync("/api/admin/keys");
        Assert.Equal(["ecdsa-p256-sha256", "rsa-pss-sha256"], keys["keys"]!.AsArray().Select(key => (string)key!["algorithm"]!).Order(StringComparer.Ordinal));
        Assert.All(keys["keys"]!.AsArray(), key => Assert.StartsWith("-----BEGIN PUBLIC KEY-----", (string?)key!["public_key"], StringComparison.Ordinal));
        Assert.DoesNotContain("PRIVATE", keys.ToJsonString(), StringComparison.Ordinal);

        JsonNode schedule = Assert.Single((await JsonAsync("/api/admin/schedules"))["schedules"]!.AsArray())!;
        Assert.Equal(("morning", "daily", "0 6 * * *"), ((string?)schedule["schedule"], (string?)schedule["task"], (string?)schedule["cron"]));
        Assert.NotNull(schedule["next"]);
        Assert.Null(schedule["last_outcome"]);
    }

    [Theory]
    [InlineData("/api/admin/refresh-data")]
    [InlineData("/admin/clear-cache")]
    public async Task Refresh_AnswersTheStateFromNowOn(string path)
    {
        await JsonAsync("/api/ga");
        using HttpResponseMessage response = await _client!.PostAsync(new Uri(path, UriKind.Relative), null, Cancellation);
        JsonNode state = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal((1, _report!.Id), ((int)state["reports"]!, (long)state["newest_report_id"]!));
    }

    private async Task<JsonNode> VerifyAsync(byte[] envelope, IEnumerable<(string Path, byte[] Content)> files)
    {
        using MultipartFormDataContent upload = new();
        upload.Add(new ByteArrayContent(envelope), "envelope", "envelope.json");
        foreach ((string path, byte[] content) in files)
        {
            upload.Add(new ByteArrayContent(content), "file", Path.GetFileName(path));
        }

        using HttpResponseMessage response = await _client!.PostAsync(new Uri("/api/verify", UriKind.Relative), upload, Cancellation);
        string text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<JsonNode> JsonAsync(string path)
    {
        using HttpResponseMessage response = await _client!.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        string text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
