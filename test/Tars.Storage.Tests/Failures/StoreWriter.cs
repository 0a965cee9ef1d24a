using System.Globalization;
using System.Runtime.CompilerServices;
using Tars.Storage.Runs;
using Tars.Storage.Tests.Fixtures;

namespace Tars.Storage.Tests.Failures;

/// <summary>
/// This program as a child that writes into a store until it is killed: started with <see cref="Variable"/> set to an address, it says each run it was
/// told is kept (<c>kept ID</c>), or each job it was given (<c>took ID</c>), on its standard output, after the store has answered.
/// </summary>
internal static class StoreWriter
{
    public const string Variable = "TARS_TEST_STORE_WRITER";
    public const string JobsVariable = "TARS_TEST_STORE_JOBS";

    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } address)
        {
            RunAsync(StoreAddress.Parse(address), Environment.GetEnvironmentVariable(JobsVariable) == "1").GetAwaiter().GetResult();
            Environment.Exit(0);
        }
    }

    private static async Task RunAsync(StoreAddress address, bool jobs)
    {
        await using Store store = await Store.OpenAsync(address, TimeProvider.System, null, CancellationToken.None);
        Say("ready");
        string owner = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        while (jobs && await store.Jobs.TakeAsync(owner, TimeSpan.FromHours(1), CancellationToken.None) is { } job)
        {
            Say($"took {job.Id}");
            await store.Jobs.CompleteAsync(job, CancellationToken.None);
        }

        for (int i = 0; !jobs; i++)
        {
            Guid run = store.Runs.NewId();
            await store.Runs.IntendAsync(new RunIntent(run, "kpi"), CancellationToken.None);
            await store.Reports.StoreAsync(run, [Samples.Report("kpi", 40, i), Samples.Report("daily", 10, i)], CancellationToken.None);
            Say($"kept {run}");
        }
    }

    private static void Say(string line)
    {
        Console.Out.Write(line + "\n");
        Console.Out.Flush();
    }
}
