using System.Text.Json.Serialization;
using Tars.Server.Anomalies;
using Tars.Server.Availability;
using Tars.Server.Daily;
using Tars.Server.Health;
using Tars.Server.Regressions;
using Tars.Server.Retrospectives;

namespace Tars.Server.Documents;

/// <summary>How documents are written: names in snake case, null where there is nothing.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
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
internal sealed partial class ApiJson : JsonSerializerContext;
