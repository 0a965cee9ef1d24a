using Microsoft.Extensions.Time.Testing;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Storage.Tests.Fixtures;

/// <summary>Where the stores of a test live: the same tests run over both databases.</summary>
public interface IStorePlace
{
    /// <summary>Whether this is the embedded database.</summary>
    bool IsEmbedded { get; }

    /// <summary>The address of a new and empty database.</summary>
    Task<StoreAddress> NewAsync();
}

/// <summary>Files in a temporary folder.</summary>
public sealed class SqlitePlace : IStorePlace, IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private int _count;

    public bool IsEmbedded => true;

    public Task<StoreAddress> NewAsync() => Task.FromResult(StoreAddress.Parse($"sqlite:{_folder.Combine($"{Interlocked.Increment(ref _count)}.db")}"));

    public void Dispose() => _folder.Dispose();
}

/// <summary>One server for all tests of the assembly.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresPlace : PostgresFixture, IStorePlace, ICollectionFixture<PostgresPlace>
{
    public const string Name = "PostgreSQL";

    public bool IsEmbedded => false;

    public async Task<StoreAddress> NewAsync() => StoreAddress.Parse(await Require().CreateDatabaseAsync());
}

/// <summary>What the tests of a store share: a clock that is moved by hand, and stores that are closed at the end.</summary>
public abstract class StoreTestBase(IStorePlace place) : IAsyncLifetime
{
    private readonly List<Store> _stores = [];

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 2, 1, 6, 0, 0, TimeSpan.Zero));

    protected IStorePlace Place { get; } = place;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (Store store in _stores)
        {
            await store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A new store with the newest schema.</summary>
    protected async Task<Store> NewStoreAsync() => await OpenAsync(await NewAddressAsync());

    /// <summary>The address of a new store with the newest schema.</summary>
    protected async Task<StoreAddress> NewAddressAsync()
    {
        StoreAddress address = await Place.NewAsync();
        await Store.MigrateAsync(address, Clock, null, Token);
        return address;
    }

    /// <summary>Opens a store; it is closed at the end of the test.</summary>
    protected async Task<Store> OpenAsync(StoreAddress address, TimeProvider? clock = null, StoreOptions? options = null)
    {
        Store store = await Store.OpenAsync(address, clock ?? Clock, options, Token);
        _stores.Add(store);
        return store;
    }
}
