using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Application.Sealing;
using Tars.Sealing.Keys;
using Tars.Server.Documents;
using Tars.Server.Hosting;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Administration.Keys;

/// <summary>The keys of the ring: public parts alone. No secret part is opened for it.</summary>
internal sealed class KeyRoutes(ServerParts parts)
{
    private static readonly ApiParameters Nothing = new();

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.Map(ApiRoutes.GetKeys, (RequestDelegate)AnswerAsync).Answers<KeyList>(Nothing);

    private Task AnswerAsync(HttpContext context)
    {
        RequestValues.Read(context, Nothing);
        _ = Representations.Of(context, Representations.JsonAlone);
        KeyDocument[] keys = [.. KeysOf()];
        return Answers.WriteUnkeptAsync(context, new KeyList { Keys = keys, Count = keys.Length, Reason = keys.Length > 0 ? null : "no key ring is named, or it is empty" }, ApiJson.Default.KeyList);
    }

    private IEnumerable<KeyDocument> KeysOf()
    {
        try
        {
            KeyRingAccess access = new(SealingSettings.Of(parts.Settings), parts.Time);
            if (!access.HasRing || !access.Ring().Exists)
            {
                return [];
            }

            KeyRing ring = access.Ring();
            return [.. ring.Entries().Select(entry => new KeyDocument(
                entry.KeyId, entry.Purpose.ToString().ToLowerInvariant(), entry.Algorithm, entry.Fingerprint.ToString(), entry.CreatedAt, entry.RetiredAt, entry.Revocation?.At, entry.IsUsable,
                entry.Purpose == KeyPurpose.Encryption ? null : ring.PublicKeyOf(entry).ToPem()))];
        }
        catch (Exception exception) when (exception is SealingException or KeyRingException or KeyFormException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(ErrorCode.Unavailable, "The key ring cannot be read now; 'tars keys list' says why.", inner: exception);
        }
    }
}

/// <summary>A key.</summary>
/// <param name="KeyId">Its id.</param>
/// <param name="Purpose">signing, encryption or verification.</param>
/// <param name="Algorithm">Its algorithm.</param>
/// <param name="Fingerprint">Its fingerprint, to be read out.</param>
/// <param name="CreatedAt">When it was made or taken in.</param>
/// <param name="RetiredAt">When it was retired; null while it is not.</param>
/// <param name="RevokedAt">Since when it is revoked; null while it is not.</param>
/// <param name="Usable">Whether it may be used for something new.</param>
/// <param name="PublicKey">The public part in PEM; null of a key that encrypts, which has none.</param>
public sealed record KeyDocument(
    string KeyId, string Purpose, string Algorithm, string Fingerprint, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt, DateTimeOffset? RevokedAt, bool Usable, string? PublicKey);

/// <summary>Keys.</summary>
public sealed record KeyList : ListDocument<KeyDocument>
{
    /// <summary>The keys.</summary>
    public IReadOnlyList<KeyDocument> Keys { get; init; } = [];

    /// <summary>Why there is none; null when there is one.</summary>
    public string? Reason { get; init; }
}
