// The last days of a server, one a line. Needs the package Tars.Client.
using System.Diagnostics;
using Tars.Client;

namespace Samples.Api;

internal static class Week
{
    public static async Task RunAsync(Uri server, string key, TextWriter output, CancellationToken cancellationToken)
    {
        using TarsClient tars = new(server, new TarsCredential.ApiKey(key));
        await foreach (DailySummary day in tars.GetDailyAsync(new DailyQuery { PageSize = 7 }, cancellationToken))
        {
            string availability = day.Availability switch
            {
                Measurement.Measured measured => $"{measured.Value} {measured.Unit}",
                Measurement.NoData none => $"not measured: {none.Reason}",
                Measurement.QueryFailed failed => $"could not be asked: {failed.Reason}",
                _ => throw new UnreachableException(),
            };
            await output.WriteLineAsync($"{day.Date:yyyy-MM-dd} {availability}");
        }
    }
}
