using System.Text;
using System.Text.Json;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>Finds the tokens of a line that stands in the log.</summary>
internal static class LineTokens
{
    /// <exception cref="JsonException">The line is no object of JSON.</exception>
    public static EventTokens Of(ReadOnlySpan<byte> line)
    {
        EventTokens tokens = default;
        Utf8JsonReader reader = new(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            TokenKind? kind = KindOf(ref reader);
            bool isActor = reader.ValueTextEquals("actor"u8);
            reader.Read();
            if (isActor && reader.TokenType == JsonTokenType.StartObject)
            {
                AddActor(ref reader, ref tokens);
            }
            else if (kind is { } known && reader.TokenType == JsonTokenType.String)
            {
                Add(ref reader, known, ref tokens);
            }
            else
            {
                reader.Skip();
            }
        }

        return tokens;
    }

    /// <summary>The event id of a line that was read.</summary>
    public static Guid IdOf(ReadOnlySpan<byte> line) => EventIds.TryParse(EventLine.EventIdOf(line), out Guid id) ? id : Guid.Empty;

    private static TokenKind? KindOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("event_type"u8) ? TokenKind.EventType
        : reader.ValueTextEquals("resource"u8) ? TokenKind.Resource
        : reader.ValueTextEquals("outcome"u8) ? TokenKind.Outcome
        : reader.ValueTextEquals("standard"u8) ? TokenKind.Standard
        : reader.ValueTextEquals("control"u8) ? TokenKind.Control
        : reader.ValueTextEquals("run_id"u8) ? TokenKind.RunId
        : null;

    private static void AddActor(ref Utf8JsonReader reader, ref EventTokens tokens)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isWanted = reader.ValueTextEquals("subject"u8) || reader.ValueTextEquals("name"u8);
            reader.Read();
            if (isWanted && reader.TokenType == JsonTokenType.String)
            {
                Add(ref reader, TokenKind.Actor, ref tokens);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void Add(ref Utf8JsonReader reader, TokenKind kind, ref EventTokens tokens)
    {
        if (tokens.Count < EventTokens.Limit)
        {
            tokens.Add(kind, reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan);
        }
    }
}
