using System.Text;
using System.Text.Json.Nodes;

namespace Tars.Server.Tests.Fuzzing;

/// <summary>Makes requests of operations: such as the document allows, and such as it does not.</summary>
internal sealed class RequestMaker(IReadOnlyList<FuzzedOperation> operations, FuzzedServer server, SchemaCheck check, Random random)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "FUZZ"];

    // Not what the document is about; nothing of it may break the server or change who may what.
    private static readonly Part[] Neutral =
    [
        new("Accept", "*/*"), new("Accept", "application/json"), new("Accept", "text/csv"), new("Accept", "application/x-ndjson;q=0.5, application/json;q=0.1"), new("Accept", "image/png"), new("Accept", "garbage;;;,"),
        new("If-None-Match", "*"), new("If-None-Match", "W/\"x\", \"y\""), new("If-None-Match", new string('"', 5000)), new("X-Request-Id", "mine-1"), new("X-Request-Id", new string('a', 200)), new("X-Request-Id", "<b>"),
        new("Origin", "https://example.org"), new("Origin", "null"), new("Range", "bytes=0-1"), new("Accept-Encoding", "gzip, br"), new("X-Forwarded-For", "1.2.3.4, x"), new("X-Forwarded-Proto", "https"), new("X-HTTP-Method-Override", "DELETE"),
        new("Cookie", "a=b; =; ;"), new("If-Modified-Since", "yesterday"), new("Accept-Language", "x-klingon"), new("User-Agent", "\u00e9"), new("Forwarded", "for=;;"), new("Access-Control-Request-Method", "DELETE"),
    ];

    // No credential, in each of the ways in which something may be none.
    private static readonly Part[][] Garbage =
    [
        [new("X-API-Key", "garbage")], [new("X-API-Key", "")], [new("X-API-Key", new string('k', 9000))], [new("X-API-Key", "tars_é")], [new("Authorization", "Bearer x.y.z")], [new("Authorization", "Bearer")], [new("Authorization", "Basic YTpi")],
        [new("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwicm9sZSI6ImFkbWluIn0.")], [new("X-API-Key", "a"), new("Authorization", "Bearer b")],
    ];

    private static readonly string[] Broken = ["%", "%zz", "%u0041", "%C0%AF", "%ED%A0%80", "%FF", "a%", "%e2%82", "+", "%2B%2B"];

    private readonly ValueMaker _values = new(check, random);
    private readonly BodyMaker _bodies = new(check, server, random);

    /// <summary>A request of an operation that an administrator may make, with nothing in it that need not be.</summary>
    public FuzzedRequest Plain(FuzzedOperation operation) => new(
        operation, operation.Method, Credential.Admin,
        [.. operation.Parameters.Where(parameter => parameter.Place == "path").Select(parameter => server.Known(parameter.Name) is [.., var newest] ? new Part(parameter.Name, newest) : PathPart(parameter, false))],
        [], [], operation.Body is null ? null : _bodies.Plain(operation));

    /// <summary>One request.</summary>
    public FuzzedRequest Next()
    {
        FuzzedOperation operation = operations[random.Next(operations.Count)];
        while (operation.IsCostly && random.Next(3) > 0)
        {
            operation = operations[random.Next(operations.Count)];
        }

        bool isValid = random.Next(2) == 0;
        Credential credential = (Credential)random.Next(5);
        if (random.Next(3) == 0 && credential != Credential.Admin)
        {
            credential = Credential.Admin;
        }

        string method = operation.Path != "/api/retrospective" && random.Next(8) == 0 ? Methods[random.Next(Methods.Length)] : operation.Method == "GET" && random.Next(10) == 0 ? "HEAD" : operation.Method;
        int broken = isValid ? -1 : random.Next(operation.Parameters.Count + 2);
        List<Part> inPath = [];
        List<Part> query = [];
        for (int index = 0; index < operation.Parameters.Count; index++)
        {
            FuzzedParameter parameter = operation.Parameters[index];
            if (parameter.Place == "path")
            {
                inPath.Add(PathPart(parameter, index == broken));
            }
            else if (index == broken || random.Next(3) == 0)
            {
                query.AddRange(QueryParts(operation, parameter, index == broken));
            }
        }

        if (broken == operation.Parameters.Count || (broken < 0 && operation.Parameters.Count == 0 && random.Next(6) == 0))
        {
            query.Add(Unknown(operation));
        }

        bool breaksBody = operation.Body is not null && (broken == operation.Parameters.Count + 1 || (broken >= 0 && random.Next(2) == 0));
        RawBody? body = operation.Body is null
            ? random.Next(20) == 0 && method is not ("GET" or "HEAD" or "TRACE") ? new RawBody("{}"u8.ToArray(), "application/json", Validity.Valid) : null
            : breaksBody ? _bodies.Invalid(operation) : _bodies.Valid(operation);
        if (method == "TRACE")
        {
            body = null; // the client itself sends none
        }

        Part[] headers = random.Next(3) > 0 ? [] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Neutral[random.Next(Neutral.Length)]).DistinctBy(header => header.Name)];
        return new FuzzedRequest(operation, method, credential, inPath, query, credential == Credential.Garbage ? [.. Garbage[random.Next(Garbage.Length)], .. headers] : headers, body);
    }

    private Part PathPart(FuzzedParameter parameter, bool isBroken)
    {
        if (!isBroken)
        {
            IReadOnlyList<string> known = server.Known(parameter.Name);
            return new Part(parameter.Name, known.Count > 0 && random.Next(4) > 0 ? known[random.Next(known.Count)] : Encode(TextOf(_values.Valid(parameter.Schema))));
        }

        if (random.Next(4) == 0)
        {
            return new Part(parameter.Name, random.Next(3) == 0 ? "%00" : Broken[random.Next(Broken.Length)], Validity.Unclear);
        }

        // A dot, two, or nothing is another path; so is what a slash is in.
        string text = TextOf(_values.Invalid(parameter.Schema));
        return text.Trim('.').Length == 0 || text.Contains('/', StringComparison.Ordinal) ? new Part(parameter.Name, "x", Verdict(parameter.Schema, "x")) : new Part(parameter.Name, Encode(text), Verdict(parameter.Schema, text));
    }

    private IEnumerable<Part> QueryParts(FuzzedOperation operation, FuzzedParameter parameter, bool isBroken)
    {
        if (parameter.Name == "cursor" && !isBroken)
        {
            // One of another list is refused: whether it is of this one depends on every other parameter.
            IReadOnlyList<string> known = server.Known($"{operation.Id} cursor");
            yield return new Part("cursor", known.Count > 0 ? known[random.Next(known.Count)] : Encode(TextOf(_values.Valid(parameter.Schema))), Validity.Unclear);
            yield break;
        }

        string text = TextOf(isBroken ? _values.Invalid(parameter.Schema) : _values.Valid(parameter.Schema));
        switch (isBroken ? random.Next(8) : 7)
        {
            case 0:
                yield return new Part(parameter.Name, Encode(text), Validity.Invalid);
                yield return new Part(parameter.Name, Encode(text), Validity.Invalid);
                break;
            case 1:
                yield return new Part(parameter.Name, Broken[random.Next(Broken.Length)], Validity.Unclear);
                break;
            case 2:
                yield return new Part(parameter.Name, new string('9', random.Next(2) == 0 ? 5000 : 12000), Verdict(parameter.Schema, new string('9', 5000)));
                break;
            case 3:
                yield return new Part(parameter.Name + "[]", Encode(text), Validity.Invalid);
                break;
            default:
                yield return new Part(parameter.Name, Encode(text), parameter.Name == "cursor" ? Validity.Unclear : Verdict(parameter.Schema, text));
                break;
        }
    }

    private Part Unknown(FuzzedOperation operation)
    {
        Validity validity = operation.Names(422) ? Validity.Invalid : Validity.Valid;
        return random.Next(5) switch
        {
            0 => new Part(string.Empty, "unknown", validity),
            1 => new Part("%00", "1", validity),
            2 => new Part("__proto__", "1", validity),
            3 => new Part(new string('n', 3000), "1", validity),
            _ => new Part(Encode("unknown " + _values.Text()), Encode(_values.Text()), validity),
        };
    }

    /// <summary>Whether a text of the address fits: read as its schema says.</summary>
    private Validity Verdict(JsonNode schema, string text)
    {
        string[] types = SchemaCheck.TypesOf(check.Resolve(schema));
        JsonNode? value = types[0] switch
        {
            "integer" => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number) ? number : text,
            "boolean" => text switch
            {
                "true" => true,
                "false" => false,
                _ => text,
            },
            "array" => new JsonArray([.. text.Split(',').Select(word => (JsonNode)word)]),
            _ => text,
        };

        // Spaces around the words of a list are cut off, and all of a list together is bounded, which no schema says.
        return types[0] == "array" && (text.Length > 1000 || text.Split(',').Any(word => word != word.Trim())) ? Validity.Unclear : check.Refuse(schema, value) is null ? Validity.Valid : Validity.Invalid;
    }

    private static string TextOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonArray items => string.Join(',', items.Select(TextOf)),
        JsonValue text when text.TryGetValue(out string? given) => given,
        _ => value.ToJsonString(),
    };

    private static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(one => one < 128 && (char.IsAsciiLetterOrDigit((char)one) || (char)one is '-' or '_' or '.' or ',') ? ((char)one).ToString() : $"%{one:X2}"));
}
