using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Access.Credentials;

/// <summary>Notes when API keys were used last, beside the requests and at most once a minute for each key.</summary>
internal sealed class KeyUseNotes(ApiKeyStore keys) : BackgroundService
{
    /// <summary>How often the use of one key is noted.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Channel<Guid> _used = Channel.CreateBounded<Guid>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Has the use of a key noted.</summary>
    public void Note(Guid key) => _used.Writer.TryWrite(key);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (Guid key in _used.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await keys.TouchAsync(key, stoppingToken);
            }
            catch (StoreException)
            {
                // A minute later it is noted again; the request was answered all the same.
            }
        }
    }
}
