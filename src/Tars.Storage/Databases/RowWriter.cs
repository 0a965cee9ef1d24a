namespace Tars.Storage.Databases;

/// <summary>
/// Inserts many rows of one table inside a transaction, by the fastest way the database has. The values of a row are written in the order of
/// the columns, each by one call, and closed by <see cref="EndRow"/>.
/// </summary>
internal abstract class RowWriter : IAsyncDisposable
{
    /// <summary>The next value, text.</summary>
    public abstract void Text(string? value);

    /// <summary>The next value, a whole number or an instant.</summary>
    public abstract void Integer(long? value);

    /// <summary>The next value, a finite number.</summary>
    public abstract void Real(double? value);

    /// <summary>Ends the row.</summary>
    public abstract void EndRow();

    /// <summary>Ends the insertion; without it nothing of it is kept.</summary>
    public abstract Task CompleteAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
