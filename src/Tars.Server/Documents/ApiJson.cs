using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tars.Server.Administration.Cache;
using Tars.Server.Administration.Configuration;
using Tars.Server.Administration.Keys;
using Tars.Server.Administration.Schedules;
using Tars.Server.Anomalies;
using Tars.Server.AuditEvents;
using Tars.Server.Availability;
using Tars.Server.Daily;
using Tars.Server.Health;
using Tars.Server.Jobs;
using Tars.Server.Regressions;
using Tars.Server.Retrospectives;
using Tars.Server.Verification;

namespace Tars.Server.Documents;

/// <summary>How documents are written: names in snake case, null where there is nothing.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(DailyList))]
[JsonSerializable(typeof(DailySummary))]
[JsonSerializable(typeof(DailyDocument))]
[JsonSerializable(typeof(AvailabilityDocument))]
[JsonSerializable(typeof(AnomalyList))]
[JsonSerializable(typeof(AnomalyDocument))]
[JsonSerializable(typeof(RegressionList))]
[JsonSerializable(typeof(RegressionDocument))]
[JsonSerializable(typeof(RetrospectiveDocument))]
[JsonSerializable(typeof(FileList))]
[JsonSerializable(typeof(FormatList))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(AuditEventList))]
[JsonSerializable(typeof(AuditEventDocument))]
[JsonSerializable(typeof(CheckpointDocument))]
[JsonSerializable(typeof(AuditProofDocument))]
[JsonSerializable(typeof(VerificationDocument))]
[JsonSerializable(typeof(ConfigurationDocument))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(ScheduleList))]
[JsonSerializable(typeof(CacheDocument))]
[JsonSerializable(typeof(JobDocument))]
[JsonSerializable(typeof(RetrospectiveOrder))]
internal sealed partial class ApiJson : JsonSerializerContext;

/// <summary>Instants as reports write them: UTC, with <c>Z</c>, and fractions of a second only where there are any.</summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        value.UtcDateTime.TryFormat(text, out int length, Format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}
