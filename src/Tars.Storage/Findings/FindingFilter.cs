using System.Globalization;

namespace Tars.Storage.Findings;

/// <summary>In which order findings come. Both orders are total: of findings that began together the one that was kept later counts as newer.</summary>
public enum FindingOrder
{
    /// <summary>The newest first.</summary>
    NewestFirst,

    /// <summary>The oldest first.</summary>
    OldestFirst,
}

/// <summary>Which findings are asked for: those that fulfil everything that is set. An empty list confines as null does: not at all.</summary>
public sealed record FindingFilter
{
    /// <summary>Of one of these services.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Of one of these figures.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Of one of these kinds.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Of one of these severities.</summary>
    public IReadOnlyList<FindingSeverity> Severities { get; init; } = [];

    /// <summary>Filed under this day or a later one.</summary>
    public DateOnly? DateFrom { get; init; }

    /// <summary>Filed under an earlier day than this.</summary>
    public DateOnly? DateTo { get; init; }

    /// <summary>True: those that were dealt with; false: those that are open.</summary>
    public bool? Resolved { get; init; }

    /// <summary>Of this report.</summary>
    public long? ReportId { get; init; }

    /// <summary>
    /// Of reports of these kinds, and of each thing only what was told last. A later kind of this list yields to an earlier one, and of one kind the older report to the newer: a finding is
    /// left out when a report that outranks its own has looked at the whole time of the finding, or has a finding of the same kind, service and figure that was there at the same time.
    /// </summary>
    public IReadOnlyList<string> NewestOf { get; init; } = [];
}

/// <summary>How many findings fulfil a filter.</summary>
/// <param name="All">All.</param>
/// <param name="Resolved">Those that somebody has dealt with.</param>
/// <param name="BySeverity">All, by severity; a severity that none has is not in it.</param>
public sealed record FindingTotals(long All, long Resolved, IReadOnlyDictionary<FindingSeverity, long> BySeverity);

/// <summary>The place after a finding in an order: where the next page begins. It stays right while rows are added.</summary>
/// <param name="Started">When the finding began, UTC.</param>
/// <param name="Id">Its number.</param>
public sealed record FindingCursor(DateTimeOffset Started, long Id)
{
    /// <summary>The cursor as text for an address or a command line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StoreTime.Of(Started)}.{Id}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is no cursor.</exception>
    public static FindingCursor Parse(string text)
    {
        string[] parts = text.Split('.');
        // The span of what .NET can tell as an instant.
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long started)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            && started >= StoreTime.Of(DateTimeOffset.MinValue) && started <= StoreTime.Of(DateTimeOffset.MaxValue)
            ? new FindingCursor(StoreTime.At(started), id)
            : throw new FormatException($"\"{text}\" is no cursor: give the one that came with the page before, or none for the first page");
    }
}

/// <summary>One page of findings.</summary>
/// <param name="Findings">At most as many as were asked for.</param>
/// <param name="Next">Where the next page begins; null when there was nothing more.</param>
public sealed record FindingPage(IReadOnlyList<Finding> Findings, FindingCursor? Next);
