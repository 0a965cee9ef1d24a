using Amazon.Runtime.Internal.Util;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tars.Storage.Blobs.S3;

/// <summary>The bytes of an object. When the connection breaks in the middle, it goes on from there, with the same version of the object or not at all.</summary>
internal sealed class S3Download : Stream
{
    private readonly IAmazonS3 _client;
    private readonly S3Attempts _attempts;
    private readonly S3BlobStoreOptions _options;
    private readonly string _key;
    private readonly long _length;
    private Stream? _body;
    private long _position;

    private S3Download(IAmazonS3 client, S3Attempts attempts, S3BlobStoreOptions options, string key, GetObjectResponse response)
    {
        (_client, _attempts, _options, _key, _body) = (client, attempts, options, key, Body(response));
        _length = response.ContentLength;
        ETag = response.ETag;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    internal string ETag { get; }

    /// <summary>Begins; null when there is no such object.</summary>
    internal static async Task<S3Download?> OpenAsync(IAmazonS3 client, S3Attempts attempts, S3BlobStoreOptions options, string key, CancellationToken cancellationToken)
    {
        try
        {
            GetObjectResponse response = await attempts.RunAsync(
                options.PlaceOf(key), cancelled => client.GetObjectAsync(new GetObjectRequest { BucketName = options.Bucket, Key = key }, cancelled), cancellationToken, S3Failures.NoSuchKey).ConfigureAwait(false);
            return new S3Download(client, attempts, options, key, response);
        }
        catch (AmazonS3Exception refusal) when (S3Failures.Is(refusal, S3Failures.NoSuchKey))
        {
            return null;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == _length)
        {
            return 0;
        }

        int read = await _attempts.RunAsync(_options.PlaceOf(_key), cancelled => ReadOnceAsync(buffer, cancelled), cancellationToken).ConfigureAwait(false);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// The bytes as they come. The SDK's own stream compares them with the ETag, where that is an MD5, and throws when it is disposed: damage has a name here already.
    /// </summary>
    private static Stream Body(GetObjectResponse response) => response.ResponseStream is WrapperStream wrapped ? wrapped.GetNonWrapperBaseStream() : response.ResponseStream;

    private async Task<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancelled)
    {
        _body ??= Body(await _client.GetObjectAsync(
            new GetObjectRequest { BucketName = _options.Bucket, Key = _key, ByteRange = new ByteRange(_position, _length - 1), EtagToMatch = ETag }, cancelled).ConfigureAwait(false));
        bool isGood = false;
        try
        {
            Memory<byte> wanted = buffer[..(int)Math.Min(buffer.Length, _length - _position)];
            int read = await _body.ReadAsync(wanted, cancelled).ConfigureAwait(false);
            isGood = read > 0;
            return isGood ? read : throw new IOException("the answer ended before its announced length");
        }
        finally
        {
            if (!isGood)
            {
                await _body.DisposeAsync().ConfigureAwait(false);
                _body = null; // the next attempt asks for the rest
            }
        }
    }
}
