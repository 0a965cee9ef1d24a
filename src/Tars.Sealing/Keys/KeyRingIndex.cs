using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Keys;

/// <summary>The list of keys in a ring, <c>ring.json</c>: canonical JSON with a final line feed.</summary>
internal static class KeyRingIndex
{
    internal const string FileName = "ring.json";
    internal const string Format = "tars-key-ring-1";
    internal const int LongestFile = 1 << 20;

    internal static byte[] Write(IEnumerable<KeyEntry> entries)
    {
        JsonTree tree = JsonTree.Of(
            ("format", JsonTree.Of(Format)),
            ("keys", JsonTree.Of(entries.OrderBy(entry => entry.Purpose).ThenBy(entry => entry.Algorithm, StringComparer.Ordinal).ThenBy(entry => entry.Version).Select(entry => (JsonTree)Entry(entry)))));
        return [.. CanonicalJsonWriter.Write(tree), (byte)'\n'];
    }

    /// <exception cref="JsonFormException">It is no such list.</exception>
    internal static IReadOnlyList<KeyEntry> Read(ReadOnlySpan<byte> utf8)
    {
        JsonFields fields = new(JsonTreeReader.Read(utf8));
        if (fields.Text("format") is var format && format != Format)
        {
            throw fields.Wrong(fields.Required("format"), "format", $"\"{format}\" is not known; {Format} is expected");
        }

        IReadOnlyList<JsonTree> keys = fields.Items("keys");
        fields.End();
        KeyEntry[] entries = [.. keys.Select((key, index) => Entry(new JsonFields(key, $"keys[{index}]")))];
        return entries.GroupBy(entry => entry.KeyId).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new JsonFormException(0, $"key {twice.Key} stands twice")
            : entries;
    }

    internal static string NameOf(KeyPurpose purpose) => purpose.ToString().ToLowerInvariant();

    internal static string NameOf(RevocationReason reason) => reason.ToString().ToLowerInvariant();

    private static JsonTree.ObjectValue Entry(KeyEntry entry) => JsonTree.Of(
        ("key_id", JsonTree.Of(entry.KeyId)),
        ("purpose", JsonTree.Of(NameOf(entry.Purpose))),
        ("algorithm", JsonTree.Of(entry.Algorithm)),
        ("version", JsonTree.Of(entry.Version)),
        ("created_at", JsonTree.Of(Utc.Text(entry.CreatedAt))),
        ("imported", JsonTree.Of(entry.Imported)),
        ("passphrase", JsonTree.Of(entry.HasPassphrase)),
        ("retired_at", JsonTree.Of(entry.RetiredAt is { } retired ? Utc.Text(retired) : null)),
        ("revocation", entry.Revocation is { } revocation ? Revocation(revocation) : new JsonTree.NullValue()));

    private static JsonTree.ObjectValue Revocation(Revocation revocation) => JsonTree.Of(
        ("at", JsonTree.Of(Utc.Text(revocation.At))),
        ("reason", JsonTree.Of(NameOf(revocation.Reason))),
        ("comment", JsonTree.Of(revocation.Comment)));

    private static KeyEntry Entry(JsonFields fields)
    {
        KeyEntry entry = new(
            fields.Sha256("key_id"),
            Choice<KeyPurpose>(fields, "purpose", NameOf),
            fields.Text("algorithm"),
            fields.Count("version"),
            fields.Time("created_at"),
            Flag(fields, "imported"),
            Flag(fields, "passphrase"),
            fields.OptionalTime("retired_at"),
            fields.OptionalFields("revocation") is { } revocation ? Revocation(revocation) : null);
        fields.End();
        bool fits = entry.Purpose == KeyPurpose.Encryption ? entry.Algorithm == KeyEntry.Aes256 : AlgorithmPolicy.TryParse(entry.Algorithm, out _);
        return fits ? entry : throw fields.Wrong(fields.Required("algorithm"), "algorithm", "an algorithm of the policy that fits the purpose is expected");
    }

    /// <summary>Takes the fields of a revocation; what else stands there is the caller's.</summary>
    internal static Revocation ReadRevocation(JsonFields fields) =>
        new(fields.Time("at"), Choice<RevocationReason>(fields, "reason", NameOf), fields.Text("comment"));

    private static Revocation Revocation(JsonFields fields)
    {
        Revocation revocation = ReadRevocation(fields);
        fields.End();
        return revocation;
    }

    private static bool Flag(JsonFields fields, string name) =>
        fields.Required(name) is JsonTree.BooleanValue flag ? flag.Value : throw fields.Wrong(fields.Required(name), name, "true or false is expected");

    private static T Choice<T>(JsonFields fields, string name, Func<T, string> nameOf)
        where T : struct, Enum
    {
        string text = fields.Text(name);
        foreach (T value in Enum.GetValues<T>())
        {
            if (nameOf(value) == text)
            {
                return value;
            }
        }

        throw fields.Wrong(fields.Required(name), name, $"one of {string.Join(", ", Enum.GetValues<T>().Select(nameOf))} is expected");
    }
}
