using Xunit;

namespace Tars.TestKit.Servers;

/// <summary>
/// A server shared by the tests of a class, a collection or an assembly. It is started before the first of them; each test
/// calls <see cref="Require"/>, which skips the test with the program's name where the server is not installed.
/// </summary>
/// <typeparam name="TServer">The running server.</typeparam>
/// <param name="program">Name of the program on PATH.</param>
public abstract class ServerFixture<TServer>(string program) : IAsyncLifetime
    where TServer : class, IAsyncDisposable
{
    private TServer? _server;

    /// <summary>The running server; skips the calling test without the program, fails it when <c>TARS_REQUIRE_SERVERS=1</c>.</summary>
    public TServer Require()
    {
        Executables.Require(program);
        return _server ?? throw new InvalidOperationException($"{GetType().Name} is not a fixture of this test: nothing has started it");
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Executables.Find(program) is not null)
        {
            _server = await StartAsync();
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

    /// <summary>Starts the server; called once, and only where the program is installed.</summary>
    protected abstract Task<TServer> StartAsync();
}
