namespace Tars.Storage.Schema;

/// <summary>What a column holds.</summary>
internal enum ColumnKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>A finite double.</summary>
    Real,

    /// <summary>An instant, in microseconds since 1970 (<see cref="StoreTime"/>).</summary>
    Time,
}

/// <summary>A column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it holds.</param>
internal sealed record Column(string Name, ColumnKind Kind);

/// <summary>A column whose values are keys of another table.</summary>
/// <param name="Column">The column.</param>
/// <param name="Target">The other table.</param>
/// <param name="TargetColumn">Its key.</param>
internal sealed record Reference(string Column, string Target, string TargetColumn);

/// <summary>A table of the newest schema: what exports, imports and checks need to know of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Key">The primary key.</param>
/// <param name="Identity">The column whose values the database gives; null when there is none.</param>
/// <param name="Columns">All columns, in the order of exports.</param>
/// <param name="References">What it points to.</param>
internal sealed record Table(string Name, IReadOnlyList<string> Key, string? Identity, IReadOnlyList<Column> Columns, IReadOnlyList<Reference> References)
{
    /// <summary>The column of that name, or null.</summary>
    public Column? Find(string name) => Columns.FirstOrDefault(column => column.Name == name);

    /// <summary>Reads <c>"name kind, name kind, name kind &gt; table.column"</c>; the kind <c>identity</c> is a number the database gives.</summary>
    public static Table Of(string name, string key, string columns)
    {
        List<Column> all = [];
        List<Reference> references = [];
        string? identity = null;
        foreach (string[] words in columns.Split(',', StringSplitOptions.TrimEntries).Select(text => text.Split(' ')))
        {
            identity = words[1] == "identity" ? words[0] : identity;
            all.Add(new Column(words[0], words[1] == "identity" ? ColumnKind.Integer : Enum.Parse<ColumnKind>(words[1], ignoreCase: true)));
            if (words.Length == 4)
            {
                string[] target = words[3].Split('.');
                references.Add(new Reference(words[0], target[0], target[1]));
            }
        }

        return new Table(name, key.Split(','), identity, all, references);
    }
}
