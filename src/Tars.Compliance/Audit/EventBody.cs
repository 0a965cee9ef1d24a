using System.Buffers.Text;
using System.Text;

namespace Tars.Compliance.Audit;

/// <summary>The part of a line that its caller writes: from the event's type, inside its quotation marks, to <c>data</c>.</summary>
internal static class EventBody
{
    private const int LongestType = 128;

    // Tokens are of the text and not of its escapes: who asks has the text.

    /// <exception cref="ArgumentException">A member has no form that a line can hold.</exception>
    public static void Write(AuditEvent source, SubjectKeys? subjects, PendingAppend target)
    {
        RequireType(source.Type);
        ReadOnlySpan<byte> outcome = OutcomeText(source.Outcome);
        target.Tokens.Add(TokenKind.EventType, target.Text(source.Type));
        target.Raw("\""u8);
        if (source.Actor is not null)
        {
            WriteActor(source.Actor, subjects, target);
        }

        WriteMember(target, ",\"role\":\""u8, source.Role, null);
        WriteMember(target, ",\"resource\":\""u8, source.Resource, TokenKind.Resource);
        target.Raw(",\"outcome\":\""u8);
        target.Raw(outcome);
        target.Raw("\""u8);
        target.Tokens.Add(TokenKind.Outcome, outcome);
        WriteMember(target, ",\"standard\":\""u8, source.Standard, TokenKind.Standard);
        WriteMember(target, ",\"control\":\""u8, source.Control, TokenKind.Control);
        WriteMember(target, ",\"run_id\":\""u8, source.RunId, TokenKind.RunId);
        WriteMember(target, ",\"request_id\":\""u8, source.RequestId, null);
        if (source.Data is { } data)
        {
            target.Raw(",\"data\":"u8);
            target.Raw(data.Utf8.Span);
        }

        if (target.Length > PendingAppend.MaximumBody)
        {
            throw new ArgumentException($"the event has {target.Length} bytes; at most {PendingAppend.MaximumBody} fit in a line", nameof(source));
        }
    }

    /// <summary>How a line writes an outcome.</summary>
    public static ReadOnlySpan<byte> OutcomeText(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Unknown => "unknown"u8,
        AuditOutcome.Success => "success"u8,
        AuditOutcome.Failure => "failure"u8,
        AuditOutcome.Denied => "denied"u8,
        AuditOutcome.Intent => "intent"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "no outcome"),
    };

    private static void WriteMember(PendingAppend target, ReadOnlySpan<byte> name, string? text, TokenKind? kind)
    {
        if (text is null)
        {
            return;
        }

        target.Raw(name);
        ReadOnlySpan<byte> written = target.Text(text);
        if (kind is { } indexed)
        {
            target.Tokens.Add(indexed, written.Length == text.Length ? written : Encoding.UTF8.GetBytes(text));
        }

        target.Raw("\""u8);
    }

    private static void WriteActor(AuditActor actor, SubjectKeys? subjects, PendingAppend target)
    {
        if (actor is AuditActor.Program program)
        {
            WriteMember(target, ",\"actor\":{\"name\":\""u8, program.Name, TokenKind.Actor);
            target.Raw("}"u8);
            return;
        }

        AuditActor.Person person = (AuditActor.Person)actor;
        ArgumentException.ThrowIfNullOrEmpty(person.Name);
        if (subjects is null)
        {
            throw new ArgumentException("the event names a person, and the log was opened without keys of persons", nameof(actor));
        }

        int length = Subject.SealedLength(person);
        Span<byte> bytes = length <= 512 ? stackalloc byte[length] : new byte[length];
        Subject subject = subjects.Seal(person, bytes);
        target.Raw(",\"actor\":{\"subject\":\""u8);
        target.Raw(subject.IdBytes);
        target.Tokens.Add(TokenKind.Actor, subject.IdBytes);
        target.Raw("\",\"sealed\":\""u8);
        Base64.EncodeToUtf8(bytes, target.Room(Base64.GetMaxEncodedToUtf8Length(length)), out _, out int written);
        target.Advance(written);
        target.Raw("\"}"u8);
    }

    private static void RequireType(string type)
    {
        bool fits = type.Length is > 0 and <= LongestType;
        for (int i = 0; fits && i < type.Length; i++)
        {
            bool isWord = char.IsAsciiLetterLower(type[i]) || char.IsAsciiDigit(type[i]);
            fits = isWord || (type[i] is '.' or '_' && i > 0 && i < type.Length - 1 && type[i - 1] is not ('.' or '_'));
        }

        if (!fits)
        {
            throw new ArgumentException($"\"{type}\" is no event type: at most {LongestType} lower-case letters and digits, joined by . and _, are expected", nameof(type));
        }
    }
}
