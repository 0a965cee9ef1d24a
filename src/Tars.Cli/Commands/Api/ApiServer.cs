using System.CommandLine;
using System.Net;
using Tars.Cli.CommandLine;
using Tars.Client;

namespace Tars.Cli.Commands.Api;

/// <summary>Which server is asked, and with which key. The key comes from a file, standard input or the environment; never from the command line, which other users of the machine see.</summary>
internal static class ApiServer
{
    /// <summary>The variable that holds a key.</summary>
    private const string Variable = "TARS_API_KEY";

    private const int Attempts = 3;
    private const int Longest = 4096;

    public static readonly Option<string?> Url = CommonOptions.Text("--url", "URL", "The server; default http://localhost:8100");

    public static readonly Option<string?> KeyFile = CommonOptions.Text("--api-key-file", "PATH", $"Reads the API key from a file: its first line; without it, {Variable} is taken");

    public static readonly Option<bool> KeyStdin = CommonOptions.Flag("--api-key-stdin", "Reads the API key from standard input: its first line");

    /// <summary>Opens a client.</summary>
    /// <exception cref="UsageException">The address or the key cannot be used.</exception>
    public static TarsClient Open(CommandRun run)
    {
        string text = run.Value(Url) ?? "http://localhost:8100";
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.UserInfo.Length > 0)
        {
            throw new UsageException($"{Url.Name}: '{text}' is no address of a server", "write for example https://tars.example.org");
        }

        string? key = Key(run);
        if (key is not null && url.Scheme == "http" && !url.IsLoopback)
        {
            run.Console.Warn($"the key goes to {url.Host} unencrypted; use https");
        }

        return new TarsClient(url, key is null ? new TarsCredential.None() : new TarsCredential.ApiKey(key), new TarsClientOptions { Attempts = Attempts, Time = run.Time });
    }

    /// <summary>The way out where a server refuses.</summary>
    public static string? HintOf(TarsProblemException problem) => problem.Status switch
    {
        HttpStatusCode.Unauthorized => $"'tars api-keys create' makes a key; give it with {KeyFile.Name}, {KeyStdin.Name} or {Variable}",
        HttpStatusCode.NotFound => "nothing of that day is kept, or --url is not the address of a T.A.R.S. server",
        _ => problem.RequestId is { } id ? $"the server's log tells more under the request id {id}" : null,
    };

    private static string? Key(CommandRun run)
    {
        if (run.Has(KeyStdin))
        {
            return run.Value(KeyFile) is not null
                ? throw new UsageException($"{KeyFile.Name} and {KeyStdin.Name}: one key is enough")
                : Checked(System.Console.In.ReadLine(), "standard input");
        }

        if (run.Value(KeyFile) is { } path)
        {
            try
            {
                return Checked(File.ReadLines(path).FirstOrDefault(), path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"{KeyFile.Name}: {path} cannot be read: {exception.Message}");
            }
        }

        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? Checked(given, Variable) : null;
    }

    private static string Checked(string? line, string where) => line?.Trim() is { Length: > 0 and <= Longest } key && key.All(letter => letter is > ' ' and <= '~')
        ? key
        : throw new UsageException($"{where} holds no API key in its first line");
}
