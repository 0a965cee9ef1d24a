using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Xunit;

namespace Tars.Storage.Tests.Fixtures;

/// <summary>Takes a run through its states.</summary>
internal sealed class Runner(Store store)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Intends a run and keeps its reports.</summary>
    public async Task<Guid> StoreAsync(params NewReport[] reports)
    {
        Guid run = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(run, "kpi") { Window = Samples.Day, IntentSequence = 7, Actor = "subject-1" }, Token);
        await store.Runs.SealAsync(run, null, Token);
        await store.Reports.StoreAsync(run, reports, Token);
        return run;
    }

    /// <summary>A run from intent to outcome.</summary>
    public async Task<Guid> CompleteAsync(params NewReport[] reports)
    {
        Guid run = await StoreAsync(reports);
        await store.Runs.CompleteAsync(run, 8, [], Token);
        return run;
    }
}
