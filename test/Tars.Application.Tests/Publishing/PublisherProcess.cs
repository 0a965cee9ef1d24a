using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tars.Application.Publishing;
using Tars.Application.Stores;
using Tars.TestKit;

namespace Tars.Application.Tests.Publishing;

/// <summary>
/// This program as a publisher: started with <see cref="Variable"/> set to what it is to do. It says <c>kept N</c> for each report it was told is kept. Where a step is named it kills
/// itself there with SIGKILL, which no handler sees.
/// </summary>
internal static class PublisherProcess
{
    public const string Variable = "TARS_TEST_PUBLISHER";

    /// <summary>Whether this process is a publisher and no test run.</summary>
    public static bool IsWanted => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    public static CommandLine Command(PublisherTask task) => new(Environment.ProcessPath!) { Environment = new Dictionary<string, string?> { [Variable] = JsonSerializer.Serialize(task) } };

    public static async Task<int> RunAsync()
    {
        PublisherTask task = JsonSerializer.Deserialize<PublisherTask>(Environment.GetEnvironmentVariable(Variable)!)!;
        PublishingPlace place = new(task.Folder, TimeProvider.System);
        StorageSettings storage = place.Storage(task.Database, task.Bucket);
        int times = task.Times;
        for (int i = 0; i < task.Count; i++)
        {
            try
            {
                (PublicationEnd end, Exception? failure) = await place.PublishAsync(storage, task.First + i, Reached, CancellationToken.None);
                Say(end is PublicationEnd.Kept { Report: var report } ? string.Create(CultureInfo.InvariantCulture, $"kept {report.Id}") : $"not kept: {failure?.Message}");
            }
            catch (Exception exception) when (exception is Storage.StoreException or Storage.Blobs.BlobStoreException)
            {
                Say($"not begun: {exception.Message}");
                await Task.Delay(200);
            }
        }

        return 0;

        Task Reached(PublicationStep step)
        {
            if (step.ToString() == task.Step && --times == 0)
            {
                using Process own = Process.GetCurrentProcess();
                own.Kill();
                Thread.Sleep(Timeout.Infinite);
            }

            return Task.CompletedTask;
        }
    }

    private static void Say(string line)
    {
        Console.Out.Write(line.ReplaceLineEndings(" ") + "\n");
        Console.Out.Flush();
    }
}

/// <summary>What a publisher is to do.</summary>
/// <param name="Folder">The place.</param>
/// <param name="Database">The database.</param>
/// <param name="Bucket">The bucket; null for a folder.</param>
/// <param name="First">The number of its first report.</param>
/// <param name="Count">How many reports.</param>
/// <param name="Step">Where it kills itself; null for nowhere.</param>
/// <param name="Times">When it comes there for which time.</param>
internal sealed record PublisherTask(string Folder, string Database, Bucket? Bucket, int First, int Count, string? Step = null, int Times = 1);
