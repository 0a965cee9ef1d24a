using Xunit;

namespace Tars.TestKit.Servers;

/// <summary>A PostgreSQL as a fixture, shared by the tests of a collection; each takes an empty database of its own.</summary>
public class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    /// <summary>The running server; skips the calling test without the programs, fails it when <c>TARS_REQUIRE_SERVERS=1</c>.</summary>
    public PostgresServer Require()
    {
        PostgresServer.RequirePrograms();
        return _server ?? throw new InvalidOperationException("PostgresFixture is not a fixture of this test: nothing has started it");
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.FindPrograms() is not null)
        {
            _server = await PostgresServer.StartAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
