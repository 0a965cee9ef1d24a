using System.Security.Cryptography;
using Tars.Sealing.Streams;

namespace Tars.Sealing.Tests.Streams;

/// <summary>Keys that follow from a name, and sealing and opening in memory.</summary>
internal static class SealedSample
{
    /// <summary>The key <c>SHA-256(ID/VERSION)</c>.</summary>
    public static KeyEncryptionKey Key(string keyId, int version = 1) => new(keyId, version, SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($"{keyId}/{version}")));

    public static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    public static async Task<byte[]> SealAsync(byte[] plain, SealOptions options, params KeyEncryptionKey[] recipients)
    {
        using MemoryStream source = new(plain);
        using MemoryStream target = new();
        SealResult result = await StreamSealing.SealAsync(source, target, recipients, options, CancellationToken.None);
        if ((result.PlainBytes, result.SealedBytes) != (plain.Length, target.Length))
        {
            throw new InvalidOperationException($"said {result.PlainBytes} and {result.SealedBytes}, was {plain.Length} and {target.Length}");
        }

        return target.ToArray();
    }

    /// <summary>Opens, and gives what was handed out, failure or not.</summary>
    public static async Task<(OpenResult Result, byte[] HandedOut)> OpenAsync(byte[] sealedFile, params KeyEncryptionKey[] keys)
    {
        using MemoryStream source = new(sealedFile);
        using MemoryStream target = new();
        OpenResult result = await StreamSealing.OpenAsync(source, target, keys, CancellationToken.None);
        return (result, target.ToArray());
    }
}
