namespace Tars.Sealing.Streams;

/// <summary>What sealing made.</summary>
/// <param name="Header">The header written.</param>
/// <param name="PlainBytes">Length of the plaintext.</param>
/// <param name="SealedBytes">Length of the sealed file, header included.</param>
public sealed record SealResult(SealedHeader Header, long PlainBytes, long SealedBytes);
