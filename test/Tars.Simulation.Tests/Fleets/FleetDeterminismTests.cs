using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tars.Simulation.Fleets;
using Tars.TestKit;
using Xunit;

namespace Tars.Simulation.Tests.Fleets;

public sealed class FleetDeterminismTests
{
    [Fact]
    public void Generate_SameSeedTwice_GivesSameBytes()
    {
        ulong seed = (ulong)Seeds.Draw();
        Stopwatch watch = Stopwatch.StartNew();
        SimulatedFleet first = FleetGenerator.Generate(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.ElapsedMilliseconds} ms, {first.Series.Count} series, {GC.GetTotalMemory(false) / 1048576} MiB");
        Assert.Equal(Digest(first), Digest(FleetGenerator.Generate(seed)));
    }

    [Fact]
    public void Generate_NeighbouringSeeds_Differ()
    {
        FleetOptions short_ = new() { Duration = TimeSpan.FromHours(2), Faults = [], Decoys = [] };
        Assert.NotEqual(Digest(FleetGenerator.Generate(1, short_)), Digest(FleetGenerator.Generate(2, short_)));
    }

    internal static string Digest(SimulatedFleet fleet)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SimulatedSeries series in fleet.Series)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(series.Metric + string.Join(',', series.Labels)));
            hash.AppendData(MemoryMarshal.AsBytes(series.Samples.AsSpan()));
        }

        foreach (object truth in fleet.Faults.Cast<object>().Concat(fleet.Decoys).Concat(fleet.Deployments))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(truth.ToString()!));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
