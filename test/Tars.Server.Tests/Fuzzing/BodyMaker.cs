using System.Text;
using System.Text.Json.Nodes;

namespace Tars.Server.Tests.Fuzzing;

/// <summary>Makes bodies of operations that take one.</summary>
internal sealed class BodyMaker(SchemaCheck check, FuzzedServer server, Random random)
{
    private const string Json = "application/json";
    private readonly ValueMaker _values = new(check, random);

    /// <summary>A body that fits the schema; null where none is needed.</summary>
    public RawBody? Valid(FuzzedOperation operation) => !operation.NeedsBody && random.Next(3) == 0 ? null : Made(operation, isOwn: operation.Id is "logIn" or "makeFactor" && random.Next(2) == 0);

    /// <summary>A body that is taken.</summary>
    public RawBody Plain(FuzzedOperation operation) => Made(operation, isOwn: true);

    private RawBody Made(FuzzedOperation operation, bool isOwn)
    {
        JsonObject fields = _values.Valid(operation.Body!)!.AsObject();
        IReadOnlyList<string> tokens = server.Known("refresh_token");
        if (operation.Id is "logIn" or "makeFactor")
        {
            // Whoever logs in is not locked out: that user shows the right password, and no code.
            fields["username"] = isOwn ? operation.Id == "logIn" ? FuzzedServer.Login : FuzzedServer.Factor : $"victim-{random.Next(8)}";
            fields["password"] = isOwn || random.Next(2) == 0 ? Access.AccessServer.Password : "not the password";
            if (isOwn)
            {
                fields.Remove("code");
            }
        }
        else if (fields.ContainsKey("refresh_token") && tokens.Count > 0 && (isOwn || random.Next(2) == 0))
        {
            fields["refresh_token"] = isOwn ? tokens[^1] : tokens[random.Next(tokens.Count)];
        }
        else if (fields.ContainsKey("username") && operation.Id == "createApiKey")
        {
            fields["username"] = random.Next(2) == 0 ? $"victim-{random.Next(8)}" : null;
        }

        return new RawBody(Encoding.UTF8.GetBytes(fields.ToJsonString()), random.Next(5) == 0 ? "application/json; charset=utf-8" : Json, Validity.Valid);
    }

    /// <summary>A body that does not fit.</summary>
    public RawBody? Invalid(FuzzedOperation operation)
    {
        byte[] whole = Valid(operation)?.Bytes ?? "{}"u8.ToArray();
        string text = Encoding.UTF8.GetString(whole);
        return random.Next(18) switch
        {
            0 => operation.NeedsBody ? null : Bad("null"),
            1 => new RawBody(whole, "text/plain", Validity.Invalid),
            2 => new RawBody(whole, "application/x-www-form-urlencoded", Validity.Invalid),
            3 => new RawBody(whole, null, whole.Length == 0 ? Validity.Unclear : Validity.Invalid),
            4 => new RawBody(whole[..^1], Json, Validity.Invalid),
            5 => Bad(new string('[', random.Next(2) == 0 ? 100 : 8000)),
            6 => Bad(string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000)),
            7 => Bad(random.Next(3) switch
            {
                0 => "null",
                1 => "[]",
                _ => "\"text\"",
            }),
            8 => Bad(text[..^1] + (text.Length > 2 ? "," : string.Empty) + "\"twice\":1,\"twice\":2}"),
            9 => Bad(text + " {}"),
            10 => Bad("/* a comment */ " + text),
            11 => Bad(text[..^1] + ",}"),
            12 => Bad(text + new string(' ', 17 * 1024)),
            13 => Bad(FirstValue(operation, "\"a\\ud800b\"")),
            14 => new RawBody([.. Encoding.UTF8.GetBytes(FirstValue(operation, "\"")[..^1]), 0xff, 0xfe, .. "\"}"u8], Json, Validity.Invalid),
            15 => Bad(FirstValue(operation, "1e400")),
            16 => Bad(FirstValue(operation, "NaN")),
            _ => Of(operation, _values.Invalid(operation.Body!)),
        };
    }

    private static RawBody Bad(string text) => new(Encoding.UTF8.GetBytes(text), Json, Validity.Invalid);

    private RawBody Of(FuzzedOperation operation, JsonNode? value) => new(Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null"), Json, check.Refuse(operation.Body!, value) is null ? Validity.Valid : Validity.Invalid);

    // An object whose first field has this value.
    private static string FirstValue(FuzzedOperation operation, string value) => $"{{\"{operation.Body!["properties"]!.AsObject().First().Key}\":{value}}}";
}
