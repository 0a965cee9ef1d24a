using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tars.Server.Access.SecondFactors;

/// <summary>Time-based one-time codes (RFC 6238 over RFC 4226): HMAC-SHA-1, six digits, steps of 30 seconds, which every authenticator app knows.</summary>
internal static class TimeCode
{
    /// <summary>How many bytes a secret has (RFC 4226, section 4, R6: 160 bits).</summary>
    public const int SecretLength = 20;

    private const int Digits = 6;
    private const int StepSeconds = 30;
    private const int Drift = 1; // one step to either side: the phone's clock and the time of typing (RFC 6238, section 5.2)

    private static readonly int[] Powers = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>A new secret.</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretLength);

    /// <summary>The step of an instant.</summary>
    public static long StepOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The step whose code was shown; null when it is none of those around now. Looks at all of them whatever the first says.</summary>
    public static long? Match(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        if (code.Length != Digits || code.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        long? found = null;
        byte[] shown = Encoding.ASCII.GetBytes(code);
        for (long step = StepOf(now) - Drift; step <= StepOf(now) + Drift; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(secret, step, Digits, HashAlgorithmName.SHA1)), shown))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>The code of a step.</summary>
    public static string Of(ReadOnlySpan<byte> secret, long step, int digits, HashAlgorithmName hash)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        byte[] mac = CryptographicOperations.HmacData(hash, secret, counter);
        int offset = mac[^1] & 0xF; // RFC 4226, section 5.3
        int binary = BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(offset)) & int.MaxValue;
        return (binary % Powers[digits]).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The secret as people type it: base32 (RFC 4648).</summary>
    public static string Base32(ReadOnlySpan<byte> secret)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        StringBuilder text = new();
        int held = 0, bits = 0;
        foreach (byte one in secret)
        {
            held = (held << 8) | one;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(Alphabet[(held >> (bits - 5)) & 31]);
            }

            held &= (1 << bits) - 1;
        }

        return bits == 0 ? text.ToString() : text.Append(Alphabet[(held << (5 - bits)) & 31]).ToString();
    }

    /// <summary>The address that an authenticator app reads from a picture.</summary>
    public static string Address(ReadOnlySpan<byte> secret, string issuer, string login) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(login)}?secret={Base32(secret)}&issuer={Uri.EscapeDataString(issuer)}";
}
