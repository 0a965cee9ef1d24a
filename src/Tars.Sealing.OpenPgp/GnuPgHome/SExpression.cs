using System.Globalization;
using System.Text;

namespace Tars.Sealing.OpenPgp.GnuPgHome;

/// <summary>An S-expression as Libgcrypt writes it (Rivest, 1997): bytes, or a list.</summary>
internal abstract record SExpression
{
    private SExpression()
    {
    }

    /// <summary>Bytes.</summary>
    public sealed record Atom(byte[] Bytes) : SExpression;

    /// <summary>A list; its first item, where it is text, names it.</summary>
    public sealed record List(IReadOnlyList<SExpression> Items) : SExpression
    {
        /// <summary>The name, or null.</summary>
        public string? Name => Text(0);

        /// <summary>Returns the text at <paramref name="index"/>, or null.</summary>
        public string? Text(int index) => index < Items.Count && Items[index] is Atom atom ? Encoding.Latin1.GetString(atom.Bytes) : null;

        /// <summary>Returns the bytes at <paramref name="index"/>.</summary>
        /// <exception cref="FormatException">There are none.</exception>
        public byte[] Bytes(int index) =>
            index < Items.Count && Items[index] is Atom atom ? atom.Bytes : throw new FormatException($"{Name} has no value at {index}");

        /// <summary>Returns the list named <paramref name="name"/>, or null.</summary>
        public List? Find(string name) => Items.OfType<List>().FirstOrDefault(list => list.Name == name);

        /// <summary>Returns the first value of the list named <paramref name="name"/>.</summary>
        /// <exception cref="FormatException">There is no such list.</exception>
        public byte[] ValueOf(string name) => Find(name)?.Bytes(1) ?? throw new FormatException($"{name} is missing");
    }

    /// <summary>Returns the canonical encoding: every atom with its length, no white space.</summary>
    public byte[] ToCanonical()
    {
        using MemoryStream stream = new();
        Write(this, stream);
        return stream.ToArray();
    }

    private static void Write(SExpression expression, MemoryStream stream)
    {
        switch (expression)
        {
            case Atom atom:
                stream.Write(Encoding.ASCII.GetBytes(atom.Bytes.Length.ToString(CultureInfo.InvariantCulture) + ":"));
                stream.Write(atom.Bytes);
                break;
            case List list:
                stream.WriteByte((byte)'(');
                foreach (SExpression item in list.Items)
                {
                    Write(item, stream);
                }

                stream.WriteByte((byte)')');
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
