using System.Text;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>
/// One profile of the shared credentials and configuration files, by the rules of the AWS SDKs and Tools Reference Guide, "Shared config
/// and credentials files": <c>[NAME]</c> in the first, <c>[profile NAME]</c> or <c>[default]</c> in the second; what the credentials file says wins.
/// </summary>
internal sealed class AwsProfile : IDisposable
{
    private readonly Dictionary<string, Secret> _values = new(StringComparer.Ordinal);

    private AwsProfile(string name) => Name = name;

    /// <summary>The profile's name.</summary>
    public string Name { get; }

    /// <summary>Whether a file has the profile.</summary>
    public bool Exists { get; private set; }

    /// <summary>Reads the profile in use. A file that is not there is an empty one.</summary>
    /// <exception cref="SecretBackendException">A file cannot be read.</exception>
    public static AwsProfile Read(AwsSurroundings surroundings)
    {
        AwsProfile profile = new(surroundings.Profile);
        try
        {
            profile.Read(surroundings.CredentialsFile, "the AWS credentials file", isConfig: false);
            profile.Read(surroundings.ConfigFile, "the AWS config file", isConfig: true);
        }
        catch (SecretBackendException)
        {
            profile.Dispose();
            throw;
        }

        return profile;
    }

    /// <summary>Returns a value, owned by the profile, or null.</summary>
    public Secret? Find(string key) => _values.GetValueOrDefault(key);

    /// <summary>Returns a value that is no secret, or null.</summary>
    public string? Text(string key) => Find(key) is { } value ? Encoding.UTF8.GetString(value.Bytes) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Secret value in _values.Values)
        {
            value.Dispose();
        }
    }

    private void Read(string? path, string source, bool isConfig)
    {
        if (path is null || !File.Exists(path))
        {
            return;
        }

        using ClearedBuffer text = BoundedFile.Read(path, source);
        HashSet<string> earlier = [.. _values.Keys];
        bool isInside = false;
        foreach (Range range in text.Span.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> raw = text.Span[range];
            ReadOnlySpan<byte> line = raw.Trim(" \t\r"u8);
            if (line.Length == 0 || line[0] is (byte)'#' or (byte)';')
            {
                continue;
            }

            if (line[0] == '[')
            {
                isInside = IsOurs(line, isConfig);
                Exists |= isInside;
            }
            else if (isInside && raw[0] is not ((byte)' ' or (byte)'\t') && line.IndexOf((byte)'=') is > 0 and int equals)
            {
                // An indented line belongs to the setting above it; no setting that is read here has any.
                string key = Encoding.UTF8.GetString(line[..equals].Trim(" \t"u8)).ToLowerInvariant();
                ReadOnlySpan<byte> value = WithoutComment(line[(equals + 1)..]).Trim(" \t"u8);
                if (!earlier.Contains(key) && value.Length > 0)
                {
                    _values.Remove(key, out Secret? replaced);
                    replaced?.Dispose();
                    _values[key] = Secret.Of(value);
                }
            }
        }
    }

    private bool IsOurs(ReadOnlySpan<byte> line, bool isConfig)
    {
        int end = line.IndexOf((byte)']');
        if (end < 0)
        {
            return false;
        }

        string[] words = Encoding.UTF8.GetString(line[1..end]).Split((char[])[' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            ["profile", string name] => isConfig && name.Trim('"', '\'') == Name,
            [string name] => name == Name && (!isConfig || name == "default"),
            _ => false,
        };
    }

    // A comment after a value starts with white space and "#" or ";".
    private static ReadOnlySpan<byte> WithoutComment(ReadOnlySpan<byte> value)
    {
        for (int i = 1; i < value.Length; i++)
        {
            if (value[i] is (byte)'#' or (byte)';' && value[i - 1] is (byte)' ' or (byte)'\t')
            {
                return value[..i];
            }
        }

        return value;
    }
}
