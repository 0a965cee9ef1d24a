using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Compliance.Audit;
using Tars.Sealing.Signatures;

namespace Tars.Compliance.Approvals;

/// <summary>
/// A request with the signature of whoever asks, and of whoever approves. A person is the key that signs, because a user's name is only a claim; what each of
/// the two signatures means is part of what is signed, so that neither can be taken for the other.
/// </summary>
public sealed class ApprovalFile
{
    /// <summary>The most bytes that are read of a file.</summary>
    public const int MaximumBytes = 4 << 20;

    private const string Asks = "tars-approval/v1 request\n";
    private const string Approves = "tars-approval/v1 approve\n";

    private readonly byte[] _bytes;
    private readonly JsonObject _requested;
    private readonly JsonObject? _approved;

    private ApprovalFile(byte[] bytes, JsonObject requested, JsonObject? approved)
    {
        (_bytes, _requested, _approved) = (bytes, requested, approved);
        Request = ApprovalRequest.Parse(bytes);
        Requester = KeyOf(requested, Asks);
        Approver = approved is null ? null : KeyOf(approved, Approves);
    }

    /// <summary>What is asked for.</summary>
    public ApprovalRequest Request { get; }

    /// <summary>The key of whoever asks; its signature was verified.</summary>
    public PublicKey Requester { get; }

    /// <summary>The key of whoever approves; its signature was verified. Null while nobody has.</summary>
    public PublicKey? Approver { get; }

    /// <summary>Asks.</summary>
    /// <param name="request">For what.</param>
    /// <param name="signer">Who.</param>
    public static ApprovalFile Sign(ApprovalRequest request, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(signer);
        byte[] bytes = request.ToBytes();
        return new ApprovalFile(bytes, Signed(bytes, Asks, signer), null);
    }

    /// <summary>Approves.</summary>
    /// <param name="signer">Who; another than whoever asked.</param>
    /// <exception cref="ArgumentException">It is the same key.</exception>
    public ApprovalFile Approve(ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return signer.PublicKey.Equals(Requester)
            ? throw new ArgumentException("whoever asks cannot approve", nameof(signer))
            : new ApprovalFile(_bytes, _requested, Signed(_bytes, Approves, signer));
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes()
    {
        JsonObject json = new() { ["approval"] = "tars-approval/v1", ["request"] = Convert.ToBase64String(_bytes), ["requested_by"] = _requested.DeepClone() };
        if (_approved is not null)
        {
            json["approved_by"] = _approved.DeepClone();
        }

        return [.. AuditData.Of(json).Utf8.Span, (byte)'\n'];
    }

    /// <summary>Reads a file and verifies its signatures; whether the keys are those of persons who may is the caller's to say.</summary>
    /// <exception cref="FormatException">It is none, or a signature does not hold.</exception>
    public static ApprovalFile Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            JsonNode json = JsonNode.Parse(utf8)!;
            return (string?)json["approval"] == "tars-approval/v1"
                ? new ApprovalFile(Convert.FromBase64String((string)json["request"]!), json["requested_by"]!.AsObject(), json["approved_by"]?.AsObject())
                : throw new FormatException("it is no tars-approval/v1");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            throw new FormatException($"it is no request of an approval: {exception.Message}", exception);
        }
    }

    private static JsonObject Signed(byte[] bytes, string meaning, ISigner signer) => new()
    {
        ["public_key"] = Convert.ToBase64String(signer.PublicKey.SubjectPublicKeyInfo),
        ["signature"] = Convert.ToBase64String(signer.SignDigest(SHA256.HashData([.. Encoding.ASCII.GetBytes(meaning), .. bytes]))),
    };

    private PublicKey KeyOf(JsonObject signed, string meaning)
    {
        byte[] info = Convert.FromBase64String((string)signed["public_key"]!);
        byte[] signature = Convert.FromBase64String((string)signed["signature"]!);
        return !PublicKey.TryRead(info, out PublicKey? key, out string? refusal) ? throw new FormatException(refusal)
            : key.Verify([.. Encoding.ASCII.GetBytes(meaning), .. _bytes], signature) ? key
            : throw new FormatException($"the signature of key {key.KeyId} does not hold");
    }
}
