using System.Globalization;
using System.Security.Cryptography;
using Xunit;

namespace Tars.TestKit.Servers;

/// <summary>
/// A real PostgreSQL on a loopback port, with a cluster of its own in a temporary folder, which flushes to the disk as in production. The server refuses to
/// run as root: then it runs as the user its package made.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Name of the program.</summary>
    public const string Program = "postgres";

    /// <summary>The user of the server that may do everything.</summary>
    public const string User = "tars";

    private const string SystemUser = "postgres";
    private const string Versions = "/usr/lib/postgresql";
    private static readonly string[] Programs = [Program, "initdb", "createdb", "pg_isready", "psql"];
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _folder = new();
    private readonly string _password = RandomNumberGenerator.GetHexString(24, lowercase: true);
    private readonly string _programs;
    private RunningCommand? _running;
    private int _databases;

    private PostgresServer(string programs) => _programs = programs;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>The process id.</summary>
    public int ProcessId => Running.Id;

    /// <summary>What the server wrote so far.</summary>
    public string Log => Running.Output + Running.Error;

    /// <summary>The password of <see cref="User"/>.</summary>
    public string Password => _password;

    private RunningCommand Running => _running ?? throw new InvalidOperationException("PostgreSQL has not been started");

    /// <summary>
    /// The folder of the server's and the clients' programs: that of the program on PATH (where its link leads), else the newest version Debian keeps beside PATH. Null
    /// where there is none.
    /// </summary>
    public static string? FindPrograms()
    {
        List<string> folders = [];
        if (Executables.Find(Program) is { } onPath)
        {
            folders.Add(Path.GetDirectoryName(File.ResolveLinkTarget(onPath, returnFinalTarget: true)?.FullName ?? onPath)!);
        }

        if (Directory.Exists(Versions))
        {
            folders.AddRange(Directory.EnumerateDirectories(Versions)
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin")));
        }

        return folders.FirstOrDefault(folder => Programs.All(program => File.Exists(Path.Combine(folder, program))));
    }

    /// <summary>The folder of the server's programs. Without it the calling test is skipped, or fails when <c>TARS_REQUIRE_SERVERS=1</c>.</summary>
    public static string RequirePrograms()
    {
        string? found = FindPrograms();
        if (found is null)
        {
            string reason = $"`{Program}` is neither on PATH nor below {Versions}";
            if (Environment.GetEnvironmentVariable(Executables.RequireVariable) == "1")
            {
                Assert.Fail($"{reason}, and {Executables.RequireVariable}=1 asks for it");
            }

            Assert.Skip(reason);
        }

        return found;
    }

    /// <summary>Makes a cluster, starts it and returns when it answers.</summary>
    /// <exception cref="ServerStartException">It did not; the message holds what was written.</exception>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken = default)
    {
        PostgresServer server = new(RequirePrograms());
        try
        {
            await server.InitializeAsync(cancellationToken);
            server.Port = LoopbackPort.Free();
            await server.RunAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Makes an empty database and returns how it is connected to.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await RequireSuccessAsync(Client("createdb", "--template=template0", name), cancellationToken);
        return ConnectionText(name);
    }

    /// <summary>How a database is connected to, in the key-value form, with its password.</summary>
    public string ConnectionText(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Password={_password}");

    /// <summary>A client program of this version, connected as <see cref="User"/>, for example <c>psql</c>.</summary>
    public CommandLine Client(string program, params string[] arguments) => new(
        Path.Combine(_programs, program),
        ["--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={Port}"), $"--username={User}", .. arguments])
    {
        Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = _password },
    };

    /// <summary>Kills the server and its backends (SIGKILL), as a power cut ends them but for what the disk had not taken.</summary>
    public ValueTask KillAsync() => Running.DisposeAsync();

    /// <summary>Starts the server again after <see cref="KillAsync"/>, on the same port with the same cluster; it recovers first.</summary>
    public Task RestartAsync(CancellationToken cancellationToken = default) => RunAsync(cancellationToken);

    /// <summary>Kills the server and removes its cluster.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            await _running.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static async Task RequireSuccessAsync(CommandLine command, CancellationToken cancellationToken)
    {
        CommandResult result = await command.RunAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new ServerStartException($"`{command}` ended with {result.ExitCode}:\n{result.Output}{result.Error}");
        }
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        string password = _folder.WriteText("password", _password);
        if (Environment.IsPrivilegedProcess)
        {
            await RequireSuccessAsync(new CommandLine("chown", "-R", SystemUser, _folder.Path), cancellationToken);
        }

        await RequireSuccessAsync(
            AsServer(
                "initdb", $"--pgdata={_folder.Combine("data")}", $"--username={User}", $"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            cancellationToken);
    }

    /// <summary>A program of the server under its own user; <c>setpriv</c> becomes the program, so that the process id is the server's.</summary>
    private CommandLine AsServer(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs, program);
        CommandLine command = Environment.IsPrivilegedProcess
            ? new CommandLine("setpriv", [$"--reuid={SystemUser}", $"--regid={SystemUser}", "--clear-groups", path, .. arguments])
            : new CommandLine(path, arguments);
        return command with { WorkingDirectory = _folder.Path };
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        CommandLine ready = new(
            Path.Combine(_programs, "pg_isready"), "--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={Port}"), "--timeout=5", "--quiet");
        long deadline = Environment.TickCount64 + (long)ReadyLimit.TotalMilliseconds;
        while (true)
        {
            CommandLine command = AsServer(
                Program,
                "-D",
                _folder.Combine("data"),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
                "-c",
                $"unix_socket_directories={_folder.Path}",
                "-c",
                "fsync=on");
            _running = command.Start();
            while (Environment.TickCount64 < deadline && !_running.HasExited)
            {
                if ((await ready.RunAsync(cancellationToken)).ExitCode == 0)
                {
                    return;
                }

                await Task.Delay(25, cancellationToken);
            }

            string log = Log;
            await _running.DisposeAsync();
            // Backends of a killed server hold its shared memory for a moment.
            if (Environment.TickCount64 >= deadline || !log.Contains("in use", StringComparison.Ordinal))
            {
                throw new ServerStartException($"`{command}` did not become ready; it wrote:\n{log}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }
}
