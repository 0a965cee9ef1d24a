using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tars.Compliance.Audit;

/// <summary>One person's key in memory. Sealing is safe from several threads.</summary>
internal sealed class Subject : IDisposable
{
    public const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    // The length of what is sealed is seen by everybody; in steps of 64 it tells little of a name.
    private const int Step = 64;
    private const int NonceReserve = 256;

    [ThreadStatic]
    private static byte[]? s_nonces;

    [ThreadStatic]
    private static int s_nextNonce;

    private readonly AesGcm _cipher;
    private readonly byte[] _id;
    private volatile bool _disposed;
    private volatile Kept? _kept;

    public Subject(string id, ReadOnlySpan<byte> key, string file, string? name)
    {
        (Id, File, Name) = (id, file, name ?? string.Empty);
        _id = Encoding.ASCII.GetBytes(id);
        _cipher = new AesGcm(key, TagLength);
    }

    /// <summary>32 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>The id in ASCII.</summary>
    public ReadOnlySpan<byte> IdBytes => _id;

    /// <summary>The name of its file.</summary>
    public string File { get; }

    /// <summary>The person's name when it was found by it; else empty.</summary>
    public string Name { get; }

    /// <summary>Bytes of nonce, padded text and tag.</summary>
    public static int SealedLength(AuditActor.Person person) => NonceLength + Padded(TextLength(person)) + TagLength;

    /// <summary>
    /// Seals into exactly <see cref="SealedLength"/> bytes. Who acts from one place many times in one interval is sealed once for all of them: the lines
    /// bear the subject's id anyway, and sealing costs as much as all else that is done for a line.
    /// </summary>
    /// <param name="person">The person.</param>
    /// <param name="interval">Which interval it is; in another one the person is sealed anew.</param>
    /// <param name="target">Where to.</param>
    /// <returns>False when the key was destroyed meanwhile.</returns>
    public bool TrySeal(AuditActor.Person person, int interval, Span<byte> target)
    {
        if (_kept is { } kept && kept.Interval == interval && kept.Person == person && !_disposed)
        {
            kept.Sealed.CopyTo(target);
            return true;
        }

        int length = target.Length - NonceLength - TagLength;
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        Span<byte> text = rented.AsSpan(0, length);
        text[WriteText(person, text)..].Fill((byte)' ');
        Span<byte> nonce = target[..NonceLength];
        NextNonce(nonce);
        try
        {
            lock (_cipher) // one context of the platform's library stands behind it
            {
                if (_disposed)
                {
                    return false;
                }

                _cipher.Encrypt(nonce, text, target.Slice(NonceLength, length), target[^TagLength..], _id);
                _kept = new Kept(interval, person, target.ToArray());
                return true;
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The person; null when the text is not what <see cref="TrySeal"/> made, or the key was destroyed meanwhile.</summary>
    public AuditActor.Person? Open(string base64)
    {
        byte[] all = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, all, out int written) || written < NonceLength + TagLength)
        {
            return null;
        }

        ReadOnlySpan<byte> sealed_ = all.AsSpan(0, written);
        byte[] text = new byte[written - NonceLength - TagLength];
        try
        {
            lock (_cipher)
            {
                if (_disposed)
                {
                    return null;
                }

                _cipher.Decrypt(sealed_[..NonceLength], sealed_[NonceLength..^TagLength], sealed_[^TagLength..], text, _id);
            }

            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            return new AuditActor.Person(
                root.GetProperty("name").GetString()!, root.TryGetProperty("from", out JsonElement from) ? from.GetString() : null);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    public void Dispose()
    {
        lock (_cipher)
        {
            _disposed = true;
            _kept = null;
            _cipher.Dispose();
        }
    }

    private static int Padded(int length) => (length + Step - 1) / Step * Step;

    private static int TextLength(AuditActor.Person person) =>
        "{\"name\":\"\"}".Length + JsonText.Length(person.Name) + (person.From is null ? 0 : ",\"from\":\"\"".Length + JsonText.Length(person.From));

    private static int WriteText(AuditActor.Person person, Span<byte> target)
    {
        int at = Put(target, 0, "{\"name\":\""u8);
        at += JsonText.Write(person.Name, target[at..]);
        if (person.From is not null)
        {
            at = Put(target, at, "\",\"from\":\""u8);
            at += JsonText.Write(person.From, target[at..]);
        }

        return Put(target, at, "\"}"u8);
    }

    private static int Put(Span<byte> target, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target[at..]);
        return at + bytes.Length;
    }

    /// <summary>96 random bits; many are drawn at once, because each draw costs more than the sealing.</summary>
    private static void NextNonce(Span<byte> target)
    {
        byte[] nonces = s_nonces ??= new byte[NonceLength * NonceReserve];
        if (s_nextNonce == 0)
        {
            RandomNumberGenerator.Fill(nonces);
        }

        nonces.AsSpan(s_nextNonce, NonceLength).CopyTo(target);
        s_nextNonce = (s_nextNonce + NonceLength) % nonces.Length;
    }

    /// <summary>What was sealed last.</summary>
    private sealed record Kept(int Interval, AuditActor.Person Person, byte[] Sealed);
}
