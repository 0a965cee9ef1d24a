using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Repository.Tests.Documents;

/// <summary>
/// Runs what the documents show. In each document the <c>tars</c> commands run in order, in one directory of its own.
/// A command that names <c>http://localhost:9090</c> gets a real Prometheus there, which scrapes itself and a node-exporter.
/// </summary>
public sealed class CommandTests(DemoWorkspace workspace) : IClassFixture<DemoWorkspace>
{
    private const string ExampleBackend = "http://localhost:9090";

    // How the README starts tars from a clone; run as tars itself.
    private static readonly string[] FromSource = ["dotnet", "run", "-c", "Release", "--project", "src/Tars.Cli", "--"];

    // Programs of a reader's own system; what they do with T.A.R.S. is shown by the commands around them.
    private static readonly Dictionary<string, string> NotRun = new()
    {
        ["git"] = "a clone of this repository is what the test runs in",
        ["cd"] = "the same",
        ["dotnet"] = "building and testing is what runs this test; `dotnet run --project src/Tars.Cli --` is run as tars",
        ["apt-get"] = "installs on the reader's machine",
        [".ci/run"] = "runs this test",
        ["jq"] = "reads what tars wrote",
        ["cat"] = "reads what tars wrote",
        ["ls"] = "reads what tars wrote",
        ["promtool"] = "Prometheus's own tool",
        ["prometheus"] = "started by the test where a document needs it",
    };

    // document:line of blocks that are marked no-run, with the reason.
    private static readonly Dictionary<string, string> NoRunBlocks = [];

    public static TheoryData<string> Documents => [.. RepositoryFiles.With(".md").Where(path => CommandsOf(path).Any())];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task TarsCommands_OfDocument_DoWhatItShows(string document)
    {
        DocumentedCommand[] commands = [.. CommandsOf(document).Where(IsTars)];
        if (commands.Length == 0)
        {
            return;
        }

        using TemporaryDirectory folder = new();
        await workspace.PrepareAsync(folder, TestContext.Current.CancellationToken);
        await using ExampleServers? servers = commands.Any(NamesBackend) ? await ExampleServers.StartAsync(TestContext.Current.CancellationToken) : null;
        foreach (DocumentedCommand command in commands)
        {
            string backend = servers?.Address ?? ExampleBackend;
            string[] arguments = [.. TarsArguments(command).Select(word => word.Replace(ExampleBackend, backend, StringComparison.Ordinal))];
            CommandLine line = new(DemoWorkspace.Tars, arguments) { WorkingDirectory = folder.Path, Timeout = TimeSpan.FromMinutes(5) };
            CommandResult result = await line.RunAsync(TestContext.Current.CancellationToken);
            string wrote = (result.Output + result.Error).Replace(backend, ExampleBackend, StringComparison.Ordinal);
            string place = $"{document}:{command.Line}: tars {string.Join(' ', arguments)}";
            Assert.True(result.ExitCode == command.ExitCode, $"{place}: exit {result.ExitCode}, the document says {command.ExitCode}\n{wrote}");
            string? missing = command.Output.Count == 0 ? null : ShownOutput.FirstMissing(command.Output, wrote);
            Assert.True(missing is null, $"{place}: the document shows\n{missing}\nbut the command wrote\n{wrote}");
        }
    }

    [Fact]
    public void OtherCommands_OfDocuments_AreKnown()
    {
        string[] unknown =
        [
            .. from path in RepositoryFiles.With(".md")
               from command in CommandsOf(path)
               where !IsTars(command) && !NotRun.ContainsKey(command.Words[0])
               select $"{path}:{command.Line}: {command.Words[0]} is neither run nor excused",
        ];
        Assert.True(unknown.Length == 0, string.Join('\n', unknown));
    }

    [Fact]
    public void NoRunBlocks_OfDocuments_AreListedWithAReason()
    {
        string[] unlisted =
        [
            .. from path in RepositoryFiles.With(".md")
               from block in MarkdownDocument.Parse(RepositoryFiles.Text(path)).Blocks
               where IsNoRun(block) && !NoRunBlocks.ContainsKey($"{path}:{block.Line}")
               select $"{path}:{block.Line}: a no-run block without a listed reason",
        ];
        Assert.True(unlisted.Length == 0, string.Join('\n', unlisted));
    }

    private static IEnumerable<DocumentedCommand> CommandsOf(string path) =>
        MarkdownDocument.Parse(RepositoryFiles.Text(path)).Blocks.Where(block => !IsNoRun(block)).SelectMany(DocumentedCommand.In);

    private static bool IsNoRun(FencedBlock block) => block.Info.Split(' ').Contains("no-run");

    private static bool IsTars(DocumentedCommand command) => command.Words[0] == "tars" || IsFromSource(command);

    private static bool IsFromSource(DocumentedCommand command) => command.Words.Take(FromSource.Length).SequenceEqual(FromSource);

    private static bool NamesBackend(DocumentedCommand command) => command.Words.Any(word => word.Contains(ExampleBackend, StringComparison.Ordinal));

    private static IEnumerable<string> TarsArguments(DocumentedCommand command) => command.Words.Skip(IsFromSource(command) ? FromSource.Length : 1);

    private sealed class ExampleServers(PrometheusServer prometheus, NodeExporterServer node) : IAsyncDisposable
    {
        internal string Address => prometheus.Address.AbsoluteUri.TrimEnd('/');

        internal static async Task<ExampleServers> StartAsync(CancellationToken cancellationToken)
        {
            NodeExporterServer node = await NodeExporterServer.StartAsync(cancellationToken: cancellationToken);
            int port = LoopbackPort.Free();
            PrometheusOptions options = new()
            {
                ScrapeConfigs = $"- job_name: node\n  static_configs: [{{ targets: ['{node.Target}'] }}]\n"
                    + $"- job_name: prometheus\n  static_configs: [{{ targets: ['127.0.0.1:{port}'] }}]",
                Port = port,
            };
            PrometheusServer prometheus = await PrometheusServer.StartAsync(options, cancellationToken);
            await WaitForScrapesAsync(prometheus, cancellationToken);
            return new ExampleServers(prometheus, node);
        }

        // Until node-exporter was scraped, and Prometheus has measured a scrape of itself and told it at the next one.
        private static async Task WaitForScrapesAsync(PrometheusServer prometheus, CancellationToken cancellationToken)
        {
            const string Both = "count(node_cpu_seconds_total) > 0 and count(prometheus_http_request_duration_seconds_count) > 0";
            for (int attempt = 0; attempt < 60; attempt++)
            {
                string answer = await prometheus.QueryAsync(Both, TimeProvider.System.GetUtcNow(), cancellationToken);
                if (answer.Contains("\"value\"", StringComparison.Ordinal))
                {
                    // Commands look at whole seconds that have passed: let the second of that scrape pass too.
                    await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }

            Assert.Fail("the example's Prometheus has scraped nothing within 30 s");
        }

        public async ValueTask DisposeAsync()
        {
            await prometheus.DisposeAsync();
            await node.DisposeAsync();
        }
    }
}
