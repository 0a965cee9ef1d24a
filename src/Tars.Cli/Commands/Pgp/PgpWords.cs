using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Sealing.OpenPgp.Keys;
using Tars.Sealing.OpenPgp.Messages;

namespace Tars.Cli.Commands.Pgp;

/// <summary>Keys and signatures in words and as JSON.</summary>
internal static class PgpWords
{
    /// <summary>What a signature is worth, in one line.</summary>
    public static string Of(OpenPgpSignatureVerdict verdict) => verdict switch
    {
        OpenPgpSignatureVerdict.Good good => $"signed by {OpenPgpAccess.Describe(good.Key)} at {SealingOptions.Instant(good.SignedAt)}, as the signer claims",
        OpenPgpSignatureVerdict.Unsigned => "not signed",
        OpenPgpSignatureVerdict.Bad bad => $"the content is not what key {bad.KeyId} signed",
        OpenPgpSignatureVerdict.UnknownKey unknown => $"signed by key {unknown.KeyId}, which is not among the keys at hand: its signature says nothing",
        OpenPgpSignatureVerdict.Refused refused => $"the signature of key {refused.KeyId} does not count: {refused.Reason}",
        OpenPgpSignatureVerdict.Malformed malformed => $"the signature is malformed: {malformed.Reason}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Why a signature is not what was asked for; null when it is.</summary>
    /// <param name="verdict">The signature.</param>
    /// <param name="by">The only key that counts; null for any key at hand.</param>
    public static string? RefusalOf(OpenPgpSignatureVerdict verdict, OpenPgpKey? by) => verdict switch
    {
        OpenPgpSignatureVerdict.Good good when by is null || good.Key.Fingerprint == by.Fingerprint => null,
        OpenPgpSignatureVerdict.Good => $"{Of(verdict)}, and {by!.Fingerprint} is expected",
        _ => Of(verdict),
    };

    /// <summary>A signature as JSON.</summary>
    public static JsonObject Json(OpenPgpSignatureVerdict verdict)
    {
        OpenPgpSignatureVerdict.Good? good = verdict as OpenPgpSignatureVerdict.Good;
        return new JsonObject
        {
            ["state"] = verdict switch
            {
                OpenPgpSignatureVerdict.Good => "good",
                OpenPgpSignatureVerdict.Unsigned => "none",
                OpenPgpSignatureVerdict.Bad => "bad",
                OpenPgpSignatureVerdict.UnknownKey => "unknown_key",
                OpenPgpSignatureVerdict.Refused => "refused",
                _ => "malformed",
            },
            ["key_id"] = verdict switch
            {
                OpenPgpSignatureVerdict.Good => good!.Key.KeyId,
                OpenPgpSignatureVerdict.Bad bad => bad.KeyId,
                OpenPgpSignatureVerdict.UnknownKey unknown => unknown.KeyId,
                OpenPgpSignatureVerdict.Refused refused => refused.KeyId,
                _ => null,
            },
            ["fingerprint"] = good?.Key.Fingerprint,
            ["user_ids"] = ConfigFormat.List(good?.Key.UserIds ?? []),
            ["signed_at"] = good is null ? null : SealingOptions.Instant(good.SignedAt),
            ["text"] = Of(verdict),
        };
    }

    /// <summary>A key as JSON.</summary>
    public static JsonObject Json(OpenPgpKey key, DateTimeOffset now) => new()
    {
        ["fingerprint"] = key.Fingerprint,
        ["key_id"] = key.KeyId,
        ["user_ids"] = ConfigFormat.List(key.UserIds),
        ["algorithm"] = key.Algorithm,
        ["created_at"] = SealingOptions.Instant(key.Created),
        ["expires_at"] = key.Expires is { } expires ? SealingOptions.Instant(expires) : null,
        ["revoked"] = key.IsRevoked,
        ["encrypts"] = key.CanEncrypt(now),
        ["signs"] = key.CanSign(now),
        ["secret"] = key.HasSecret,
        ["refusal"] = key.RefuseAt(now),
    };

    /// <summary>Recipients as JSON.</summary>
    public static JsonArray Json(IEnumerable<OpenPgpKey> keys) =>
        [.. keys.Select(key => (JsonNode)new JsonObject { ["fingerprint"] = key.Fingerprint, ["user_ids"] = ConfigFormat.List(key.UserIds) })];
}
