using Tars.Configuration.Secrets.Files;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>Something to log in with: given in the configuration, or in a file that is read at every login.</summary>
internal abstract record Credential
{
    private Credential()
    {
    }

    /// <summary>Returns it, owned by the caller; refused when it holds characters that no token or id has.</summary>
    public SecretAnswer Read() => Raw() switch
    {
        SecretAnswer.Found found when !IsToken(found.Value) => Refuse(found),
        SecretAnswer.Absent absent => new SecretAnswer.Refused(absent.Place, "there is no such file"),
        SecretAnswer answer => answer,
    };

    private protected abstract SecretAnswer Raw();

    private static SecretAnswer.Refused Refuse(SecretAnswer.Found found)
    {
        found.Value.Dispose();
        return new SecretAnswer.Refused(found.Place, "it holds characters that no token or id has: only visible ASCII is taken");
    }

    private static bool IsToken(Secret secret) => secret.Length > 0 && !secret.Bytes.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E);

    /// <summary>Given in the configuration.</summary>
    /// <param name="Value">The value, owned by this record.</param>
    /// <param name="Key">The key it was written under, for messages.</param>
    public sealed record Given(Secret Value, string Key) : Credential
    {
        private protected override SecretAnswer Raw() => SecretAnswer.Found.Of(Value.Bytes, Key);
    }

    /// <summary>In a file.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Rule">Who may read it.</param>
    public sealed record InFile(string Path, FileRule Rule) : Credential
    {
        private protected override SecretAnswer Raw() => PrivateFile.WithoutLineEnd(PrivateFile.Read(Path, PrivateFile.SecretLimit, Rule));
    }
}
