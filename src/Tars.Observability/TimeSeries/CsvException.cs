namespace Tars.Observability.TimeSeries;

/// <summary>A CSV file is not what it should be. The message names file, line, column and expectation: <c>cpu.csv:12:2: …</c>.</summary>
public sealed class CsvException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="name">The file as the user named it.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="field">Field in the line, from 1.</param>
    /// <param name="expectation">What is wrong and what is expected.</param>
    public CsvException(string name, int line, int field, string expectation)
        : base(FormattableString.Invariant($"{name}:{line}:{field}: {expectation}"))
    {
        Line = line;
        Field = field;
    }

    /// <summary>Line, from 1.</summary>
    public int Line { get; }

    /// <summary>Field in the line, from 1.</summary>
    public int Field { get; }
}
