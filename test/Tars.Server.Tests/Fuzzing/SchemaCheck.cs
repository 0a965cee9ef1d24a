using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tars.Server.Tests.Fuzzing;

/// <summary>Whether a value fits a schema: the part of JSON Schema that the document uses. A keyword beyond it is an error, so that nothing goes unchecked.</summary>
internal sealed class SchemaCheck(JsonObject document)
{
    private static readonly HashSet<string> Known =
    [
        "type", "properties", "required", "additionalProperties", "items", "minItems", "enum", "format", "minimum", "maximum", "minLength", "maxLength", "pattern", "oneOf", "$ref", "description",
    ];

    /// <summary>What does not fit, by where it is; null when all does.</summary>
    public string? Refuse(JsonNode? schema, JsonNode? value, string at = "$")
    {
        JsonObject rules = Resolve(schema);
        if (rules.FirstOrDefault(rule => !Known.Contains(rule.Key)).Key is { } unknown)
        {
            throw new NotSupportedException($"{at}: the check does not know the keyword {unknown}");
        }

        if (rules["oneOf"] is JsonArray several)
        {
            return several.Count(one => Refuse(one, value, at) is null) == 1 ? null : $"{at} fits not exactly one of {several.Count} schemas";
        }

        string kind = KindOf(value);
        string[] types = TypesOf(rules);
        if (types.Length > 0 && !types.Contains(kind) && !(kind == "integer" && types.Contains("number")))
        {
            return $"{at} is {kind} and not {string.Join(" or ", types)}";
        }

        if (rules["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value)))
        {
            return $"{at} is none of {words.ToJsonString()}";
        }

        return value switch
        {
            JsonObject fields => RefuseFields(rules, fields, at),
            JsonArray items => rules["minItems"] is { } least && items.Count < (int)least ? $"{at} has {items.Count} items"
                : rules["items"] is { } item ? items.Select((one, index) => Refuse(item, one, $"{at}[{index}]")).FirstOrDefault(refusal => refusal is not null) : null,
            JsonValue when kind == "string" => RefuseText(rules, (string)value!, at),
            JsonValue when kind is "integer" or "number" => RefuseNumber(rules, value.ToJsonString(), at),
            _ => null,
        };
    }

    /// <summary>The schema behind a reference.</summary>
    public JsonObject Resolve(JsonNode? schema)
    {
        JsonNode? found = schema;
        while (found?["$ref"] is { } reference)
        {
            found = ((string)reference!).Split('/').Skip(1).Aggregate((JsonNode)document, (node, part) => node[part] ?? throw new InvalidOperationException($"no {reference}"));
        }

        return found?.AsObject() ?? [];
    }

    /// <summary>The types that a schema names.</summary>
    public static string[] TypesOf(JsonObject rules) => rules["type"] switch
    {
        JsonArray some => [.. some.Select(one => (string)one!)],
        JsonValue one => [(string)one!],
        _ => [],
    };

    private string? RefuseFields(JsonObject rules, JsonObject fields, string at)
    {
        JsonObject? known = rules["properties"]?.AsObject();
        if (rules["required"]?.AsArray().Select(name => (string)name!).FirstOrDefault(name => !fields.ContainsKey(name)) is { } missing)
        {
            return $"{at}.{missing} is missing";
        }

        foreach ((string name, JsonNode? value) in fields)
        {
            JsonNode? rule = known?[name] ?? rules["additionalProperties"];
            if (rule is JsonValue flag && !(bool)flag)
            {
                return $"{at}.{name} is not known";
            }

            // Whatever a document of the server answers has to be described.
            if (rule is null && known is not null)
            {
                return $"{at}.{name} is not described";
            }

            if (rule is JsonObject && Refuse(rule, value, $"{at}.{name}") is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static string? RefuseText(JsonObject rules, string text, string at)
    {
        bool fits = (string?)rules["format"] switch
        {
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _) && text.Contains('T', StringComparison.Ordinal),
            "uuid" => Guid.TryParseExact(text, "D", out _),
            _ => true,
        };
        return !fits ? $"{at} is no {rules["format"]}: {text}"
            : rules["minLength"] is { } least && text.Length < (int)least ? $"{at} is too short"
            : rules["maxLength"] is { } most && text.Length > (int)most ? $"{at} is too long"
            : (string?)rules["pattern"] is { } pattern && !Regex.IsMatch(text, pattern.EndsWith('$') ? pattern[..^1] + @"\z" : pattern, RegexOptions.CultureInvariant) ? $"{at} does not fit {pattern}"
            : null;
    }

    private static string? RefuseNumber(JsonObject rules, string text, string at)
    {
        double number = double.Parse(text, CultureInfo.InvariantCulture);
        return (string?)rules["format"] == "int64" && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? $"{at} is no int64"
            : (string?)rules["format"] == "int32" && !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? $"{at} is no int32"
            : rules["minimum"] is { } least && number < (double)least.AsValue().GetValue<decimal>() ? $"{at} is less than {least}"
            : rules["maximum"] is { } most && number > (double)most.AsValue().GetValue<decimal>() ? $"{at} is more than {most}"
            : null;
    }

    private static string KindOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => value.ToJsonString().AsSpan().ContainsAny(".eE") ? "number" : "integer",
    };
}
