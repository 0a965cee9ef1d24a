using System.Security.Cryptography;
using System.Text;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>The JSON of a login, zeroed on disposal.</summary>
internal sealed class LoginBody : IDisposable
{
    private byte[] _bytes = [];

    /// <summary>Adds a member; name and value are visible ASCII.</summary>
    public void Add(string name, ReadOnlySpan<byte> value)
    {
        using Secret escaped = Escaped(value);
        byte[] head = Encoding.ASCII.GetBytes((_bytes.Length == 0 ? "{\"" : ",\"") + name + "\":\"");
        byte[] longer = GC.AllocateUninitializedArray<byte>(_bytes.Length + head.Length + escaped.Length + 1, pinned: true);
        _bytes.CopyTo(longer, 0);
        head.CopyTo(longer, _bytes.Length);
        escaped.Bytes.CopyTo(longer.AsSpan(_bytes.Length + head.Length));
        longer[^1] = (byte)'"';
        CryptographicOperations.ZeroMemory(_bytes);
        _bytes = longer;
    }

    /// <summary>Adds the role, if any, and returns the whole, owned by this body.</summary>
    public byte[] End(string? role)
    {
        if (role is not null)
        {
            Add("role", Encoding.ASCII.GetBytes(role));
        }

        byte[] whole = GC.AllocateUninitializedArray<byte>(_bytes.Length + 1, pinned: true);
        _bytes.CopyTo(whole, 0);
        whole[^1] = (byte)'}';
        CryptographicOperations.ZeroMemory(_bytes);
        return _bytes = whole;
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private static Secret Escaped(ReadOnlySpan<byte> value)
    {
        byte[] text = GC.AllocateUninitializedArray<byte>(value.Length * 2, pinned: true);
        int length = 0;
        foreach (byte b in value)
        {
            if (b is (byte)'"' or (byte)'\\')
            {
                text[length++] = (byte)'\\';
            }

            text[length++] = b;
        }

        Secret escaped = Secret.Of((ReadOnlySpan<byte>)text.AsSpan(0, length));
        CryptographicOperations.ZeroMemory(text);
        return escaped;
    }
}
