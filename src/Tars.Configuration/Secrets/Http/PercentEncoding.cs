using System.Buffers;

namespace Tars.Configuration.Secrets.Http;

/// <summary>Percent-encoding of bytes: everything but the unreserved characters of RFC 3986, section 2.3, with upper-case digits.</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    /// <summary>Appends <paramref name="bytes"/>, encoded.</summary>
    public static void Append(ClearedBuffer target, ReadOnlySpan<byte> bytes, bool keepSlash)
    {
        foreach (byte b in bytes)
        {
            if (Unreserved.Contains(b) || (keepSlash && b == '/'))
            {
                target.Write([b]);
            }
            else
            {
                target.Write([(byte)'%', Digit(b >> 4), Digit(b & 15)]);
            }
        }
    }

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);
}
