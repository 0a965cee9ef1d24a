using System.Text.Json.Serialization;
using Tars.Client.Documents;

namespace Tars.Client;

/// <summary>How documents are read: names in snake case; what is not known is skipped, so that a newer server can be read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(LoginForm))]
[JsonSerializable(typeof(RefreshForm))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ServerHealth))]
[JsonSerializable(typeof(CallerIdentity))]
[JsonSerializable(typeof(GeneralAvailability))]
[JsonSerializable(typeof(DailyPage))]
[JsonSerializable(typeof(DailyDetails))]
[JsonSerializable(typeof(AnomalyPage))]
[JsonSerializable(typeof(RegressionPage))]
[JsonSerializable(typeof(Retrospective))]
[JsonSerializable(typeof(FileDocuments))]
[JsonSerializable(typeof(RetrospectiveOrder))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(Verification))]
internal sealed partial class ClientJson : JsonSerializerContext;
