using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace Tars.Storage;

/// <summary>Which database a store lives in. Its text form never holds a password.</summary>
public sealed class StoreAddress
{
    private const string SqliteScheme = "sqlite:";

    private StoreAddress(string? file, NpgsqlConnectionStringBuilder? server, string location) => (File, Server, Location) = (file, server, location);

    /// <summary>The database file, or host, port and database of a server.</summary>
    public string Location { get; }

    /// <summary>Whether this is a file of the embedded database.</summary>
    [MemberNotNullWhen(true, nameof(File))]
    [MemberNotNullWhen(false, nameof(Server))]
    public bool IsEmbedded => File is not null;

    /// <summary>The full path of the embedded database; null for a server.</summary>
    public string? File { get; }

    internal NpgsqlConnectionStringBuilder? Server { get; }

    /// <summary>
    /// Reads <c>sqlite:PATH</c>, <c>postgresql://USER@HOST:PORT/NAME?option=value</c> (a password stands after the user, behind a colon) or the key-value form of PostgreSQL
    /// (<c>Host=…;Database=…;Username=…;Password=…</c>).
    /// </summary>
    /// <exception cref="ArgumentException">It is neither. The message does not repeat the text, which may hold a password.</exception>
    public static StoreAddress Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (text.StartsWith(SqliteScheme, StringComparison.Ordinal))
        {
            string path = text[SqliteScheme.Length..];
            return path.Length == 0 || path.StartsWith(':')
                ? throw new ArgumentException("a store needs a file: write sqlite:PATH", nameof(text))
                : new StoreAddress(Path.GetFullPath(path), null, Path.GetFullPath(path));
        }

        NpgsqlConnectionStringBuilder server = text.StartsWith("postgres", StringComparison.Ordinal) && text.Contains("://", StringComparison.Ordinal) ? FromUri(text) : FromKeys(text);
        if (string.IsNullOrEmpty(server.Host) || string.IsNullOrEmpty(server.Database))
        {
            throw new ArgumentException("the address of a PostgreSQL store names no host or no database: write Host=HOST;Database=NAME;Username=USER", nameof(text));
        }

        return new StoreAddress(null, server, string.Create(CultureInfo.InvariantCulture, $"{server.Host}:{server.Port}/{server.Database}"));
    }

    /// <summary>The location.</summary>
    public override string ToString() => Location;

    private static NpgsqlConnectionStringBuilder FromKeys(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (ArgumentException)
        {
            // The parser's message repeats what it read, which may be a password.
            throw new ArgumentException("a store is written sqlite:PATH, postgresql://USER@HOST/NAME or Host=HOST;Database=NAME;Username=USER; this is none of them", nameof(text));
        }
    }

    private static NpgsqlConnectionStringBuilder FromUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri))
        {
            throw new ArgumentException("the URI of a PostgreSQL store cannot be read: write postgresql://USER@HOST:PORT/NAME, with special characters escaped", nameof(text));
        }

        NpgsqlConnectionStringBuilder server = new() { Host = uri.Host, Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) };
        if (uri.Port > 0)
        {
            server.Port = uri.Port;
        }

        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            server.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length == 2)
        {
            server.Password = Uri.UnescapeDataString(user[1]);
        }

        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            try
            {
                server[Uri.UnescapeDataString(parts[0]) is "sslmode" ? "SSL Mode" : Uri.UnescapeDataString(parts[0])] = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : string.Empty;
            }
            catch (ArgumentException)
            {
                throw new ArgumentException($"the URI of a PostgreSQL store has an option that cannot be used: {Uri.UnescapeDataString(parts[0])}", nameof(text));
            }
        }

        return server;
    }
}
