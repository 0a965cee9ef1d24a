using System.Globalization;

namespace Tars.Sealing.Logs;

/// <summary>The times and ids of the lines: they rise, and none is earlier than what its epoch and the witnesses leave it.</summary>
internal sealed class LineTimes(IEnumerable<TimeMark> marks, LineParts parts, FindingList findings)
{
    private readonly TimeMark[] _marks = [.. marks.OrderBy(mark => mark.Size)];
    private readonly byte[] _lastId = new byte[EventLine.EventIdLength];
    private readonly HashSet<TimeMark> _told = [];
    private int _next;
    private DateTimeOffset _notBefore;
    private TimeMark? _notBeforeMark;
    private DateTimeOffset _last;
    private long _lastTicks;

    /// <summary>The first time; null before any.</summary>
    internal DateTimeOffset? First { get; private set; }

    /// <summary>The last one.</summary>
    internal DateTimeOffset? Last => First is null ? null : _last;

    internal void Add(RemovedSegment removed)
    {
        First ??= removed.From;
        Pass(removed.End - 1);
        (_last, _lastTicks) = (removed.To, removed.To.UtcTicks);
    }

    /// <summary>The lines go back: what came before is no measure.</summary>
    internal void Forget()
    {
        _lastTicks = 0;
        _lastId.AsSpan().Clear();
    }

    internal void Add(in LinePlace place, DateTimeOffset time, ReadOnlySpan<byte> id)
    {
        if (_next < _marks.Length && _marks[_next].Size <= place.Sequence)
        {
            Pass(place.Sequence);
        }

        if (time.UtcTicks < _lastTicks)
        {
            findings.Add(Of(LogFindingKind.Backdated, place, $"no time before {Text(Last!.Value)}, that of the line before", Text(time)));
        }
        else if (time.UtcTicks < _notBefore.UtcTicks && _told.Add(_notBeforeMark!))
        {
            findings.Add(Of(LogFindingKind.Backdated, place, $"no time before {Text(_notBefore)}: {_notBeforeMark!.Reason}", Text(time)));
        }

        if (_next < _marks.Length && _marks[_next].NotAfter is { } notAfter && time > notAfter && _told.Add(_marks[_next]))
        {
            findings.Add(Of(LogFindingKind.Backdated, place, $"no time after {Text(notAfter)}: {_marks[_next].Reason}", Text(time)));
        }

        if (id.SequenceCompareTo(_lastId) <= 0)
        {
            findings.Add(Of(LogFindingKind.Malformed, place, "an event_id greater than that of the line before", System.Text.Encoding.ASCII.GetString(id)));
        }

        id.CopyTo(_lastId);
        First ??= time;
        (_last, _lastTicks) = (time, time.UtcTicks);
    }

    private void Pass(long sequence)
    {
        for (; _next < _marks.Length && _marks[_next].Size <= sequence; _next++)
        {
            if (_marks[_next].NotBefore > _notBefore)
            {
                (_notBefore, _notBeforeMark) = (_marks[_next].NotBefore, _marks[_next]);
            }
        }
    }

    private LogFinding Of(LogFindingKind kind, in LinePlace place, string expected, string found) =>
        new(kind, parts.NameOf(place.Part), place.Offset, place.Sequence, expected, found);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(EventLine.TimestampFormat, CultureInfo.InvariantCulture);
}
