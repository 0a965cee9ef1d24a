using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;
using Tars.Sealing.Streams;

namespace Tars.Compliance.Witnessing;

/// <summary>The key of an epoch that a witness believes.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Size">Lines of the log when it began.</param>
/// <param name="Key">The key.</param>
internal sealed record WitnessedEpoch(int Number, long Size, PublicKey Key);

/// <summary>What a witness knows of one log: the last checkpoint that it cosigned, and the keys of the newest epoch and of the one before.</summary>
/// <param name="Origin">The log's name.</param>
/// <param name="Size">Lines of the last checkpoint; 0 before the first.</param>
/// <param name="Root">Its root.</param>
/// <param name="Epoch">The newest epoch.</param>
/// <param name="Before">The epoch before it, whose key may still have signed up to where the newest begins; null in the first.</param>
internal sealed record WitnessedLog(string Origin, long Size, TreeHash Root, WitnessedEpoch Epoch, WitnessedEpoch? Before)
{
    /// <summary>The file of a log in the witness's folder: an origin may hold characters that no file's name may.</summary>
    public static string FileOf(string folder, string origin) => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)))[..32] + ".json");

    /// <summary>What is known of a log; at first, its first key.</summary>
    /// <exception cref="AuditLogException">The file is damaged. A witness that forgot what it cosigned must not go on.</exception>
    public static WitnessedLog Read(string folder, string origin, PublicKey firstKey)
    {
        string path = FileOf(folder, origin);
        if (!File.Exists(path))
        {
            return new WitnessedLog(origin, 0, TreeHash.Empty, new WitnessedEpoch(1, 0, firstKey), null);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            bool isFirst = root.GetProperty("first_key").GetString() == firstKey.KeyId;
            return root.GetProperty("origin").GetString() != origin ? throw new FormatException("it is of another log")
                : !isFirst ? throw new FormatException($"it was begun with another first key than {firstKey.KeyId}")
                : !TreeHash.TryParseBase64(root.GetProperty("root").GetString(), out TreeHash hash) ? throw new FormatException("\"root\" is no hash")
                : new WitnessedLog(
                    origin, root.GetProperty("size").GetInt64(), hash, EpochOf(root.GetProperty("epoch")), root.TryGetProperty("epoch_before", out JsonElement before) ? EpochOf(before) : null);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new AuditLogException(path, $"it is not what this witness knows of {origin}: {exception.Message}", "bring the file back from a copy that is no older; a witness that forgot must be given a new name and key");
        }
    }

    /// <summary>Writes it durably.</summary>
    public void Write(string folder, PublicKey firstKey)
    {
        JsonObject json = new() { ["origin"] = Origin, ["first_key"] = firstKey.KeyId, ["size"] = Size, ["root"] = Root.ToBase64(), ["epoch"] = Json(Epoch) };
        if (Before is not null)
        {
            json["epoch_before"] = Json(Before);
        }

        using ReplacementFile file = new(FileOf(folder, Origin), ReplacementFile.OwnerOnly);
        file.Stream.Write(AuditData.Of(json).Utf8.Span);
        file.Commit();
    }

    /// <summary>Whether an epoch that may sign a checkpoint of this size has signed it.</summary>
    public bool IsSigned(SignedNote note, Checkpoint checkpoint) =>
        (checkpoint.Size >= Epoch.Size && Verifies(Epoch, note)) || (Before is not null && checkpoint.Size >= Before.Size && checkpoint.Size <= Epoch.Size && Verifies(Before, note));

    /// <summary>Whether the newest epoch's key has signed a note.</summary>
    public bool IsSignedByNewest(SignedNote note) => Verifies(Epoch, note);

    private bool Verifies(WitnessedEpoch epoch, SignedNote note) => new NoteKey(Origin, epoch.Key).Verify(note) == NoteVerdict.Verified;

    private static JsonObject Json(WitnessedEpoch epoch) => new() { ["number"] = epoch.Number, ["size"] = epoch.Size, ["key"] = Convert.ToBase64String(epoch.Key.SubjectPublicKeyInfo) };

    private static WitnessedEpoch EpochOf(JsonElement element) => PublicKey.TryRead(element.GetProperty("key").GetBytesFromBase64(), out PublicKey? key, out string? refusal)
        ? new WitnessedEpoch(element.GetProperty("number").GetInt32(), element.GetProperty("size").GetInt64(), key)
        : throw new FormatException(refusal);
}
