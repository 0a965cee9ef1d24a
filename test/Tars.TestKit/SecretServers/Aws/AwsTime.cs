using System.Globalization;

namespace Tars.TestKit.SecretServers.Aws;

/// <summary>Times as credential answers write them.</summary>
internal static class AwsTime
{
    internal static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
