using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;

namespace Tars.TestKit.StorageServers;

/// <summary>
/// What a signature says besides itself, so that signatures of chunks can go on from it.
/// </summary>
internal sealed record S3Seed(byte[] SigningKey, string Timestamp, string Scope, string Signature);

/// <summary>
/// The bytes of an object, out of a request's body: as they are, or in chunks ("aws-chunked") with signatures or trailers, from "Signature Calculations for the Authorization Header:
/// Transferring Payload in Multiple Chunks" and "… Including Trailing Headers".
/// </summary>
internal sealed partial class S3Payload
{
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const int LeastChunk = 8 << 10;

    private readonly byte[] _body;
    private readonly S3Seed _seed;
    private readonly bool _isSigned;
    private int _at;

    private S3Payload(byte[] body, S3Seed seed, bool isSigned) => (_body, _seed, _isSigned) = (body, seed, isSigned);

    /// <summary>The object's bytes, and the trailers in the order in which they came; or why not.</summary>
    internal static (byte[] Content, IReadOnlyList<(string Name, string Value)> Trailers, S3Refusal? Refusal) Read(ReceivedRequest request, S3Seed seed)
    {
        string kind = request.Header("x-amz-content-sha256")!;
        if (!kind.StartsWith("STREAMING-", StringComparison.Ordinal))
        {
            bool isRight = kind == "UNSIGNED-PAYLOAD" ? request.IsTls : kind == SignatureVersion4.Hash(request.Body.Span);
            return isRight ? (request.Body.ToArray(), [], null)
                : kind == "UNSIGNED-PAYLOAD" ? ([], [], new S3Refusal(400, "InvalidRequest", "An unsigned payload is taken over TLS only.")) // stricter than the service
                : ([], [], new S3Refusal(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."));
        }

        if (!long.TryParse(request.Header("x-amz-decoded-content-length"), NumberStyles.None, CultureInfo.InvariantCulture, out long length))
        {
            return ([], [], new S3Refusal(411, "MissingContentLength", "You must provide the Content-Length HTTP header."));
        }

        string[] announced = (request.Header("x-amz-trailer") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return kind switch
        {
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => new S3Payload(request.Body.ToArray(), seed, true).Chunks(length, []),
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => new S3Payload(request.Body.ToArray(), seed, true).Chunks(length, announced),
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER" when request.IsTls => new S3Payload(request.Body.ToArray(), seed, false).Chunks(length, announced),
            _ => ([], [], new S3Refusal(400, "InvalidRequest", $"x-amz-content-sha256 is {kind}, which is not taken here.")),
        };
    }

    private (byte[] Content, IReadOnlyList<(string Name, string Value)> Trailers, S3Refusal? Refusal) Chunks(long length, string[] announced)
    {
        using MemoryStream content = new();
        string before = _seed.Signature;
        int last = LeastChunk;
        while (true)
        {
            Match head = ChunkHead().Match(Line() ?? "");
            if (!head.Success || head.Groups["signature"].Success != _isSigned)
            {
                return Bad("IncompleteBody", "The body is not in chunks as announced.");
            }

            int size = int.Parse(head.Groups["size"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size > _body.Length - _at)
            {
                return Bad("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header.");
            }

            if (size > 0 && last < LeastChunk && _isSigned)
            {
                return ([], [], new S3Refusal(403, "InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes"));
            }

            ReadOnlySpan<byte> chunk = _body.AsSpan(_at, size);
            if (_isSigned && head.Groups["signature"].Value != (before = Signed("AWS4-HMAC-SHA256-PAYLOAD", before, $"{EmptyHash}\n{SignatureVersion4.Hash(chunk)}")))
            {
                return ([], [], Mismatch);
            }

            if (size == 0)
            {
                break;
            }

            content.Write(chunk);
            (last, _at) = (size, _at + size);
            if (Line() is not { Length: 0 })
            {
                return Bad("IncompleteBody", "A chunk does not end where it should.");
            }
        }

        return content.Length == length
            ? Trailers(content.ToArray(), before, announced)
            : Bad("IncompleteBody", "You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header.");
    }

    private (byte[] Content, IReadOnlyList<(string Name, string Value)> Trailers, S3Refusal? Refusal) Trailers(byte[] content, string before, string[] announced)
    {
        List<(string Name, string Value)> trailers = [];
        string? signature = null;
        while (Line() is { Length: > 0 } line)
        {
            string[] parts = line.Split(':', 2);
            if (parts.Length != 2)
            {
                return Bad("MalformedTrailerError", "The request contained trailing data that was not well-formed.");
            }

            if (parts[0] == "x-amz-trailer-signature")
            {
                signature = parts[1];
            }
            else
            {
                trailers.Add((parts[0].ToLowerInvariant(), parts[1].Trim()));
            }
        }

        if (_at != _body.Length || !trailers.Select(trailer => trailer.Name).SequenceEqual(announced))
        {
            return Bad("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.");
        }

        string signedText = string.Concat(trailers.Select(trailer => $"{trailer.Name}:{trailer.Value}\n"));
        bool isSigned = _isSigned && announced.Length > 0;
        return isSigned == (signature is not null) && (!isSigned || signature == Signed("AWS4-HMAC-SHA256-TRAILER", before, SignatureVersion4.Hash(Encoding.UTF8.GetBytes(signedText))))
            ? (content, trailers, null)
            : ([], [], Mismatch);
    }

    private static S3Refusal Mismatch => new(403, "SignatureDoesNotMatch", "The chunk or trailer signature we calculated does not match the signature you provided.");

    private static (byte[] Content, IReadOnlyList<(string Name, string Value)> Trailers, S3Refusal? Refusal) Bad(string code, string message) => ([], [], new S3Refusal(400, code, message));

    private string Signed(string algorithm, string before, string rest) =>
        SignatureVersion4.Signature(_seed.SigningKey, $"{algorithm}\n{_seed.Timestamp}\n{_seed.Scope}\n{before}\n{rest}");

    /// <summary>The text up to the next line end, which is passed over; null when there is none.</summary>
    private string? Line()
    {
        int end = _body.AsSpan(_at).IndexOf("\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        string line = Encoding.ASCII.GetString(_body, _at, end);
        _at += end + 2;
        return line;
    }

    [GeneratedRegex("^(?<size>[0-9a-fA-F]{1,7})(;chunk-signature=(?<signature>[0-9a-f]{64}))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex ChunkHead();
}
