using System.Globalization;

namespace Tars.Configuration.Secrets.Http;

/// <summary>A wrong clock is the commonest reason for a refused signature or assertion; an answer's <c>Date</c> tells it.</summary>
internal static class ClockSkew
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(4);

    /// <summary>Returns a sentence to append when this machine's clock and the answer's differ by four minutes or more; else nothing.</summary>
    public static string Explain(SecretResponse response, TimeProvider time)
    {
        if (response.Date is not { } there)
        {
            return "";
        }

        TimeSpan ahead = time.GetUtcNow() - there;
        return ahead.Duration() < Tolerated ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; this machine's clock is {ahead.Duration().TotalMinutes:F0} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the server's: set the clock");
    }
}
