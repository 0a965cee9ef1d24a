using System.Collections.Concurrent;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>A secrets engine and where it is mounted.</summary>
/// <param name="Path">The mount, without a slash at its end.</param>
/// <param name="KvVersion">The version of a key-value store, 1 or 2; 0 for any other engine.</param>
internal sealed record VaultMount(string Path, int KvVersion);

/// <summary>What is mounted where: configured, or asked of Vault once as its own command line does (<c>sys/internal/ui/mounts</c>).</summary>
internal sealed class VaultMounts(VaultConnection connection, VaultOptions options)
{
    private readonly ConcurrentDictionary<string, VaultMount> _known = new(StringComparer.Ordinal);

    /// <summary>Returns the mount of <paramref name="path"/>, or the reply that says why it is not known.</summary>
    public async Task<(VaultMount? Mount, VaultReply? Failure)> FindAsync(string path, Secret token, CancellationToken cancellationToken)
    {
        if (options.KvVersion is int version && IsUnder(path, options.Mount))
        {
            return (new VaultMount(options.Mount, version), null);
        }

        if (_known.Values.Where(mount => IsUnder(path, mount.Path)).MaxBy(mount => mount.Path.Length) is VaultMount known)
        {
            return (known, null);
        }

        VaultReply reply = await connection.SendAsync(HttpMethod.Get, $"sys/internal/ui/mounts/{path}", null, token, cancellationToken).ConfigureAwait(false);
        if (reply is not VaultReply.Answered answer)
        {
            return (null, reply);
        }

        // Vaults before 0.10 do not have the question, nor the second version of the store.
        VaultMount? found = answer.Status switch
        {
            200 => Read(answer.Document, path),
            404 => new VaultMount(path[..path.IndexOf('/', StringComparison.Ordinal)], 1),
            _ => null,
        };
        if (found is not null)
        {
            answer.Dispose();
            return (_known[found.Path] = found, null);
        }

        if (answer.Status != 200)
        {
            return (null, answer);
        }

        answer.Dispose();
        return (null, new VaultReply.Nothing("answered 200 without saying what is mounted there"));
    }

    /// <summary>Forgets the mount of <paramref name="path"/>: a store may have been upgraded.</summary>
    public void Forget(string path)
    {
        foreach (string mount in _known.Keys.Where(mount => IsUnder(path, mount)))
        {
            _known.TryRemove(mount, out _);
        }
    }

    private static bool IsUnder(string path, string mount) => path.StartsWith(mount + "/", StringComparison.Ordinal);

    private static VaultMount? Read(VaultDocument document, string path)
    {
        string? mount = document.Text("data", "path")?.Trim('/');
        if (mount is null || !IsUnder(path, mount))
        {
            return null;
        }

        int version = document.Text("data", "type") switch
        {
            "kv" or "generic" => document.Text("data", "options", "version") == "2" ? 2 : 1,
            null => -1,
            _ => 0,
        };
        return version < 0 ? null : new VaultMount(mount, version);
    }
}
