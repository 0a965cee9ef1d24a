using System.Globalization;
using Tars.Application.Collecting;
using Tars.Configuration.Scalars;
using Tars.Observability.TimeSeries;

namespace Tars.Cli.CommandLine;

/// <summary>What <c>--plan</c> prints.</summary>
internal static class PlanText
{
    public static void Write(TarsConsole console, TimeWindow window, IReadOnlyList<BackendPlan> plans, IReadOnlyList<PlannedLoad> loads)
    {
        TimeGrid read = plans[0].Plan.ReadGrid;
        TextWriter output = console.Output;
        output.WriteLine($"window    {window}");
        output.WriteLine($"reads     {read.Window} in steps of {DurationText.Format(read.Step)}, lead-in and history included");
        foreach (IGrouping<string, PlannedLoad> backend in loads.GroupBy(load => load.Backend))
        {
            long bytes = backend.Sum(load => load.BytesPerSeries);
            bool captured = backend.All(load => load.Pieces == 0);
            output.WriteLine();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"backend {backend.Key}: {backend.Count()} queries{(captured ? ", answered by the capture" : $" in {backend.Sum(load => load.Pieces)} requests")}"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"per series of a query: {read.Count} points, {(captured ? 0 : bytes / backend.Count() / 1024)} KiB of JSON; counters also ask once how many series there are"));
            output.WriteLine();
            foreach (PlannedLoad load in backend)
            {
                string what = load.Query.Service.Length == 0 ? load.Query.Indicator : $"{load.Query.Service}/{load.Query.Indicator}";
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-32} {load.PointsPerSeries,6} points/series {load.Pieces,2} pieces  {load.Text}"));
            }
        }

        output.WriteLine();
        output.WriteLine("nothing was sent; how many series each query has, only the backend knows (a counter past observability.series_limit is differenced there)");
    }
}
