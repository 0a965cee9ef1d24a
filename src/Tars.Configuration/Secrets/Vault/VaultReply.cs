using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>What came back for a request.</summary>
internal abstract record VaultReply : IDisposable
{
    private VaultReply()
    {
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>Vault's JSON, with any status.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Document">The answer, owned by this record.</param>
    public sealed record Answered(int Status, VaultDocument Document) : VaultReply
    {
        /// <inheritdoc/>
        public override void Dispose()
        {
            Document.Dispose();
            base.Dispose();
        }
    }

    /// <summary>Nothing usable.</summary>
    /// <param name="Reason">What happened; no secret in it.</param>
    public sealed record Nothing(string Reason) : VaultReply;
}

/// <summary>A JSON answer, its bytes zeroed on disposal.</summary>
internal sealed class VaultDocument : IDisposable
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    private readonly SecretResponse _response;
    private readonly JsonDocument _document;

    private VaultDocument(SecretResponse response, JsonDocument document) => (_response, _document) = (response, document);

    /// <summary>The answer's object.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>Returns the document in an answer, which it owns; null, the answer disposed, when its body is no JSON object.</summary>
    public static VaultDocument? Parse(SecretResponse response)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(response.Memory, Options);
        }
        catch (JsonException)
        {
            // Told by the answer: the text may hold a secret.
        }

        if (document?.RootElement.ValueKind == JsonValueKind.Object)
        {
            return new VaultDocument(response, document);
        }

        document?.Dispose();
        response.Dispose();
        return null;
    }

    /// <summary>Returns the element at <paramref name="path"/>, or null when there is none, or JSON's null.</summary>
    public JsonElement? Find(params ReadOnlySpan<string> path)
    {
        JsonElement at = Root;
        foreach (string name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return null;
            }
        }

        return at.ValueKind == JsonValueKind.Null ? null : at;
    }

    /// <summary>Returns the text at <paramref name="path"/>, or null when there is no text there. Not for secrets: a string is not zeroed.</summary>
    public string? Text(params ReadOnlySpan<string> path) =>
        Find(path) is JsonElement { ValueKind: JsonValueKind.String } text && IsText(text) ? text.GetString() : null;

    /// <summary>Returns the whole number of seconds at <paramref name="path"/>; null when there is none, or it is negative or absurd.</summary>
    public TimeSpan? Seconds(params ReadOnlySpan<string> path) =>
        Find(path) is JsonElement { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long seconds) && seconds is >= 0 and <= 100L * 366 * 86400
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>Returns whether <c>true</c> stands at <paramref name="path"/>.</summary>
    public bool Flag(params ReadOnlySpan<string> path) => Find(path) is JsonElement { ValueKind: JsonValueKind.True };

    /// <summary>Returns the value as a secret: a text's characters, or the JSON of anything else; null when it is no text that UTF-8 can hold.</summary>
    public static Secret? SecretOf(JsonElement value)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value);
        if (value.ValueKind != JsonValueKind.String)
        {
            return Secret.Of(raw);
        }

        byte[] text = GC.AllocateUninitializedArray<byte>(raw.Length, pinned: true);
        int length = 0;
        try
        {
            Utf8JsonReader reader = new(raw);
            reader.Read();
            length = reader.CopyString(text);
            return Secret.Of((ReadOnlySpan<byte>)text.AsSpan(0, length));
        }
        catch (InvalidOperationException)
        {
            return null; // an escaped half of a character
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _document.Dispose();
        _response.Dispose();
    }

    private static bool IsText(JsonElement value)
    {
        using Secret? text = SecretOf(value);
        return text is not null;
    }
}
