using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tars.Configuration.Documents;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;
using Tars.TestKit;

namespace Tars.Configuration.Tests;

/// <summary>Damaged files: each is refused with a position inside it, or is really valid.</summary>
public partial class MutationTests
{
    internal const string Valid = """
        observability:
          prometheus_url: https://prometheus.example.com
          step: 1m
          coverage_minimum: 90%
          retries: 3
          response_limit: 256MiB
          headers:
            X-Scope-OrgID: team
        services:
          - name: checkout
            labels: { job: checkout }
            depends_on: [payment]
            indicators:
              availability: { ratio: { good: 'http_requests_total{code!~"5.."}', total: http_requests_total } }
              latency: { histogram: http_request_duration_seconds, quantiles: [0.5, 0.95, 0.99] }
          - name: payment
            preset: [aspnetcore, process]
        objectives:
          - { service: checkout, indicator: availability, target: 99.9%, window: 30d }
        maintenance:
          - { from: 2026-11-28T01:00Z, to: 2026-11-28T02:00Z, services: [payment], reason: database upgrade }
        api:
          port: 8100
          tls_enabled: false
        compliance:
          enforcement_mode: warn
        """;

    private const string Marks = " \n\t[]{}:,-#&*!|>'\"%@`?~0${";

    private static readonly (string Kind, string Find, string Replace)[] Aimed =
    [
        ("type", "step: 1m", "step: [1m]"), ("type", "step: 1m", "step: {a: 1}"), ("type", "retries: 3", "retries: three"),
        ("type", "retries: 3", "retries: \"3\""), ("type", "tls_enabled: false", "tls_enabled: no"), ("indentation", "  - name: payment", "  - payment"),
        ("type", "depends_on: [payment]", "depends_on: payment"), ("type", "api:\n", "api: 5\nx:\n"), ("type", "labels: { job: checkout }", "labels: [job]"),
        ("range", "port: 8100", "port: 99999"), ("range", "port: 8100", "port: -1"), ("range", "90%", "90"), ("range", "99.9%", "99.9"),
        ("range", "retries: 3", "retries: 21"), ("range", "step: 1m", "step: 2d"), ("range", "256MiB", "1B"), ("range", "0.95", "1.95"),
        ("range", "port: 8100", "port: 99999999999999999999999"), ("range", "90%", "1e309"),
        ("key", "step:", "stpe:"), ("key", "services:\n", "servises:\n"), ("key", "target:", "traget:"), ("key", "port:", "Port:"), ("key", "name: payment", "nmae: payment"),
        ("enum", "warn", "warning"), ("enum", "aspnetcore", "aspnet"), ("format", "2026-11-28T01:00Z", "2026-11-28"), ("format", "https://prometheus", "prometheus"),
        ("indentation", "  retries: 3", "   retries: 3"), ("indentation", "  retries: 3", "\tretries: 3"), ("indentation", "  step: 1m", " step: 1m"),
        ("indentation", "    depends_on", "  depends_on"), ("duplicate", "retries: 3", "retries: 3\n  step: 2m"), ("duplicate", "api:\n", "api: {}\napi:\n"),
        ("duplicate", "indicator: availability,", "indicator: availability, indicator: latency,"),
        ("alias", "retries: 3", "retries: *none"), ("merge", "port: 8100", "<<: {port: 8100}"), ("tag", "retries: 3", "retries: !!int 3"), ("empty", "retries: 3", "retries:"),
        ("missing", "target: 99.9%, ", ""), ("missing", "- name: payment", "- description: x"),
        ("placeholder", "retries: 3", "retries: \"${NO_SUCH}\""), ("placeholder", "retries: 3", "retries: \"${\""),
    ];

    [Fact]
    public void Load_Unchanged_IsValid() => Assert.Equal("3", Settings.Of(Valid).Section("observability").Text("retries"));

    [Fact]
    public void Load_AimedMutation_IsRefusedInTheLineItTouches()
    {
        foreach ((string kind, string find, string replace) in Aimed)
        {
            int at = Valid.IndexOf(find, StringComparison.Ordinal);
            Assert.True(at >= 0, find);
            string text = Valid.Remove(at, find.Length).Insert(at, replace);
            int first = Valid.AsSpan(0, at).Count('\n') + 1;
            int last = first + replace.AsSpan().Count('\n') + (kind is "indentation" ? 1 : 0);

            SettingsException refusal = Assert.Throws<SettingsException>(() => Settings.Of(text));
            Assert.True(refusal.Problems.Any(p => p.Origin.Line >= first && p.Origin.Line <= last), $"{kind} {replace}: {refusal.Message}");
        }
    }

    [Fact]
    public void Load_EveryTruncation_IsRefusedWithAPositionOrValid() => Run(Enumerable.Range(0, Valid.Length).Select(length => Encoding.UTF8.GetBytes(Valid[..length])));

    [Fact]
    public void Load_RandomMutations_AreRefusedWithAPositionOrValid()
    {
        int seed = Seeds.Draw();
        Random random = new(seed);
        Run(Enumerable.Range(0, 600).Select(_ => Mutate(random)));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('-')]
    [InlineData('"')]
    [InlineData(' ')]
    [InlineData('\n')]
    [InlineData('#')]
    [InlineData(':')]
    [InlineData('&')]
    [InlineData('!')]
    [InlineData('?')]
    [InlineData('9')]
    public void Load_AMebibyteOfOneCharacter_IsRefusedOrValidInTime(char c)
    {
        string run = new(c, SettingsDocument.SizeLimit - 200);
        Run(((string[])[run, "api:\n  host: " + run, "api:\n  " + run + ": 1", "services: [{name: \"" + run + "\"}]"]).Select(Encoding.UTF8.GetBytes));
    }

    private static byte[] Mutate(Random random)
    {
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(Valid)];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 30), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length), length)); break;
                case 3: bytes.Insert(at, (byte)Marks[random.Next(Marks.Length)]); break;
                case 4: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 5: bytes.InsertRange(at, Encoding.UTF8.GetBytes(((string[])["&a ", "*a", "---\n", "...\n", "<<: ", "!!str ", "? ", "- ", "|\n", ">-\n", "\u2028", "\u0085", "\uFEFF"])[random.Next(13)])); break;
                default: bytes.Reverse(at, length); break;
            }
        }

        return [.. bytes];
    }

    private static void Run(IEnumerable<byte[]> files)
    {
        using Settings settings = new();
        Stopwatch watch = Stopwatch.StartNew();
        int refused = 0;
        int valid = 0;
        foreach (byte[] bytes in files)
        {
            File.WriteAllBytes(Path.Combine(settings.Folder, "tars.yaml"), bytes);
            try
            {
                LoadedSettings loaded = settings.Load();
                List<SettingsProblem> problems = [];
                foreach (SettingsLayer layer in loaded.Layers)
                {
                    TarsSchema.Instance.Root.Validate(layer.Root, "", complete: false, problems);
                }

                Assert.Empty(problems);
                Read(loaded);
                valid++;
            }
            catch (SettingsException refusal)
            {
                int lines = Encoding.UTF8.GetString(bytes).Count(c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') + 1;
                Assert.All(refusal.Problems, problem =>
                {
                    Match match = Position().Match(problem.ToString());
                    Assert.True(match.Success, problem.ToString());
                    Assert.InRange(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), 1, lines);
                    Assert.InRange(problem.ToString().Length, 20, 1000);
                });
                refused++;
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{refused} refused, {valid} valid, {watch.Elapsed.TotalMilliseconds / (refused + valid):0.00} ms a file");
        Assert.True(refused + valid > 0);
    }

    // What validation let through must be readable.
    private static void Read(LoadedSettings loaded)
    {
        SettingsSection observability = loaded.Section("observability");
        Assert.InRange(observability.Duration("step"), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Assert.InRange(observability.Ratio("coverage_minimum"), 0, 1);
        Assert.InRange(observability.Integer("retries"), 0, 20);
        Assert.InRange(observability.Bytes("response_limit"), 1, 1L << 36);
        Assert.True(observability.Url("prometheus_url").IsAbsoluteUri);
        Assert.InRange(loaded.Section("api").Integer("port"), 1, 65535);
        _ = loaded.Section("api").Flag("tls_enabled");
        Assert.All(loaded.Root.Sections("services"), service => Assert.NotEmpty(service.Text("name")));
        Assert.All(loaded.Root.Sections("objectives"), objective => Assert.InRange(objective.Ratio("target"), 0, 1));
        Assert.All(loaded.Root.Sections("maintenance"), window => Assert.NotEqual(default, window.Instant("from")));
    }

    [GeneratedRegex(@"^tars\.yaml:([1-9][0-9]*):[1-9][0-9]*: ")]
    private static partial Regex Position();
}
