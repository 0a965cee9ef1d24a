using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Tars.Server.Auditing;

/// <summary>The body of an answer that does not begin before its event is in the audit log. Until then nothing leaves; afterwards it is the body underneath.</summary>
internal sealed class AuditedBody : IHttpResponseBodyFeature
{
    private readonly IHttpResponseBodyFeature _inner;
    private readonly Func<Task> _before;
    private Task? _written;

    /// <summary>A body over another one.</summary>
    /// <param name="inner">The body underneath.</param>
    /// <param name="before">Writes the event; asked once.</param>
    public AuditedBody(IHttpResponseBodyFeature inner, Func<Task> before)
    {
        (_inner, _before) = (inner, before);
        Writer = new AuditedWriter(this, inner.Writer);
    }

    /// <inheritdoc/>
    public Stream Stream => field ??= new AuditedStream(this, _inner.Stream);

    /// <inheritdoc/>
    public PipeWriter Writer { get; }

    /// <summary>Writes the event, if it is not written yet.</summary>
    public Task WriteEventAsync() => _written ??= _before();

    /// <inheritdoc/>
    public void DisableBuffering() => _inner.DisableBuffering();

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await WriteEventAsync().ConfigureAwait(false);
        await _inner.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await WriteEventAsync().ConfigureAwait(false);
        await _inner.SendFileAsync(path, offset, count, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task CompleteAsync()
    {
        await WriteEventAsync().ConfigureAwait(false);
        await _inner.CompleteAsync().ConfigureAwait(false);
    }

    // What is only put down here has not left: the body underneath sends with a flush.
    private sealed class AuditedWriter(AuditedBody body, PipeWriter inner) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            await body.WriteEventAsync().ConfigureAwait(false);
            return await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            await body.WriteEventAsync().ConfigureAwait(false);
            return await inner.WriteAsync(source, cancellationToken).ConfigureAwait(false);
        }

        public override void Complete(Exception? exception = null)
        {
            if (exception is null && body._written is not { IsCompletedSuccessfully: true })
            {
                throw new InvalidOperationException("an audited answer is completed with CompleteAsync");
            }

            inner.Complete(exception);
        }

        public override async ValueTask CompleteAsync(Exception? exception = null)
        {
            await body.WriteEventAsync().ConfigureAwait(false);
            await inner.CompleteAsync(exception).ConfigureAwait(false);
        }
    }

    private sealed class AuditedStream(AuditedBody body, Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await body.WriteEventAsync().ConfigureAwait(false);
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await body.WriteEventAsync().ConfigureAwait(false);
            await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        public override void Flush() => throw new InvalidOperationException("an audited answer is written asynchronously");

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("an audited answer is written asynchronously");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
