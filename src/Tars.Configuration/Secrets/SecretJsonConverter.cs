using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tars.Configuration.Secrets;

/// <summary>Writes <see cref="Secret.Shown"/> for every secret, and reads none.</summary>
internal sealed class SecretJsonConverter : JsonConverter<Secret>
{
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("a secret is not read from JSON by a serializer");

    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Secret.Shown);
    }
}
