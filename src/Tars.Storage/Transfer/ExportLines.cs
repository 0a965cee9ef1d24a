using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace Tars.Storage.Transfer;

/// <summary>Reads lines of bounded length, with a digest over all lines before the one read last.</summary>
internal sealed class ExportLines(Stream input) : IAsyncDisposable
{
    /// <summary>The longest line that is read, bytes.</summary>
    public const int MaximumLength = 16 << 20;

    private readonly PipeReader _reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 1 << 16, leaveOpen: true));
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[]? _last;

    /// <summary>The number of the line read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next line without its end; null after the last whole line. A last line without end counts as torn and is not returned.</summary>
    /// <exception cref="InvalidDataException">A line is too long.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_last is not null)
        {
            _hash.AppendData(_last);
            _hash.AppendData("\n"u8);
        }

        while (true)
        {
            ReadResult result = await _reader.ReadAsync(cancellationToken);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                _last = result.Buffer.Slice(0, end).ToArray();
                _reader.AdvanceTo(result.Buffer.GetPosition(1, end));
                Number++;
                return _last;
            }

            if (result.Buffer.Length > MaximumLength)
            {
                throw new InvalidDataException($"line {Number + 1} is longer than {MaximumLength} bytes");
            }

            if (result.IsCompleted)
            {
                _reader.AdvanceTo(result.Buffer.Start);
                return null;
            }

            _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>The digest of all lines before the one read last.</summary>
    public string DigestBefore() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        _hash.Dispose();
    }
}
