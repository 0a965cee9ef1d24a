using System.Security.Cryptography;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Access.Tokens;

/// <summary>
/// The keys that sign access tokens. HMAC: derived from the installation's secret. ES256: pairs in the store, shared by all replicas, whose private halves are sealed under that
/// secret; a new one is made when the newest has signed long enough, and the old ones verify until nothing that they signed can hold any longer.
/// </summary>
internal sealed class TokenKeys(TokenSettings settings, TokenSecrets secrets, SigningKeyStore store, TimeProvider time) : IDisposable
{
    private const string Es256 = "ES256";
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(10); // whoever invents key ids asks the store no more often than this

    private readonly SemaphoreSlim _turn = new(1);
    private readonly TokenKey.Hmac[] _derived = settings.Algorithm == Es256 ? [] : [.. secrets.Signing.Select(key => new TokenKey.Hmac(key.Id, settings.Algorithm, key.Key))];
    private PairSet _pairs = new([], DateTimeOffset.MinValue);

    /// <summary>Whether public halves are published.</summary>
    public bool HasPublicKeys => settings.Algorithm == Es256;

    /// <summary>The key that signs now.</summary>
    /// <exception cref="StoreException">A key is needed from the store, and it does not answer.</exception>
    public async ValueTask<TokenKey> SigningKeyAsync(CancellationToken cancellationToken)
    {
        if (_derived.Length > 0)
        {
            return _derived[0];
        }

        DateTimeOffset now = time.GetUtcNow();
        PairSet pairs = Volatile.Read(ref _pairs);
        if (Newest(pairs, now) is { } known)
        {
            return known;
        }

        pairs = await LoadAsync(force: true, cancellationToken);
        if (Newest(pairs, now) is { } loaded)
        {
            return loaded;
        }

        StoredSigningKey made = Make(now);
        pairs = Take(await store.AddAsync(made, now - settings.KeyRotation, cancellationToken));
        return Newest(pairs, now) ?? throw new CryptographicException("the keys of access tokens in the store cannot be opened with api.jwt_secret");
    }

    /// <summary>The key of an id; null when there is none.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async ValueTask<TokenKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (_derived.Length > 0)
        {
            return Array.Find(_derived, key => key.KeyId == keyId);
        }

        return Find(Volatile.Read(ref _pairs), keyId) ?? Find(await LoadAsync(force: false, cancellationToken), keyId);
    }

    /// <summary>The public halves that verify, the newest first.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<IReadOnlyList<TokenKey.Ecdsa>> PublicKeysAsync(CancellationToken cancellationToken)
    {
        if (!HasPublicKeys)
        {
            return [];
        }

        _ = await SigningKeyAsync(cancellationToken); // so that there is one
        return [.. (await LoadAsync(force: false, cancellationToken)).Pairs.Where(pair => pair.Row.Retires > time.GetUtcNow()).Select(pair => pair.Key)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Pair pair in _pairs.Pairs)
        {
            pair.Key.Dispose();
        }

        _turn.Dispose();
    }

    private TokenKey.Ecdsa? Find(PairSet pairs, string keyId) => pairs.Pairs.FirstOrDefault(pair => pair.Key.KeyId == keyId && pair.Row.Retires > time.GetUtcNow())?.Key;

    private TokenKey.Ecdsa? Newest(PairSet pairs, DateTimeOffset now) => pairs.Pairs.FirstOrDefault(pair => pair.Row.Created + settings.KeyRotation > now)?.Key;

    private async Task<PairSet> LoadAsync(bool force, CancellationToken cancellationToken)
    {
        PairSet before = Volatile.Read(ref _pairs);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            PairSet pairs = Volatile.Read(ref _pairs);
            if (pairs != before || (!force && time.GetUtcNow() - pairs.Loaded < LeastPause))
            {
                return pairs;
            }

            return Take(await store.ListAsync(cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    private PairSet Take(IReadOnlyList<StoredSigningKey> rows)
    {
        // Keys that are known are kept and never disposed of while requests may verify with them: there is a new one a month.
        PairSet known = Volatile.Read(ref _pairs);
        PairSet taken = new([.. rows.Select(row => known.Pairs.FirstOrDefault(pair => pair.Row.Id == row.Id) ?? Open(row)).OfType<Pair>()], time.GetUtcNow());
        Volatile.Write(ref _pairs, taken);
        return taken;
    }

    private StoredSigningKey Make(DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] publicKey = key.ExportSubjectPublicKeyInfo();
        byte[] privateKey = key.ExportPkcs8PrivateKey();
        string id = Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 8));
        string sealed_ = secrets.Seal(privateKey, Purpose(id));
        CryptographicOperations.ZeroMemory(privateKey);
        return new StoredSigningKey(id, Es256, Convert.ToBase64String(publicKey), sealed_, now, now + settings.KeyRotation + settings.Lifetime + TimeSpan.FromMinutes(5));
    }

    private Pair? Open(StoredSigningKey row)
    {
        if (row.Algorithm != Es256 || secrets.Open(row.SealedKey, Purpose(row.Id)) is not { } privateKey)
        {
            return null;
        }

#pragma warning disable CA2000 // the pair owns it, and lives as long as requests verify with it
        ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        CryptographicOperations.ZeroMemory(privateKey);
        return new Pair(row, new TokenKey.Ecdsa(row.Id, Es256, key));
#pragma warning restore CA2000
    }

    private static string Purpose(string id) => $"signing key {id}";

    private sealed record Pair(StoredSigningKey Row, TokenKey.Ecdsa Key);

    private sealed record PairSet(IReadOnlyList<Pair> Pairs, DateTimeOffset Loaded);
}
