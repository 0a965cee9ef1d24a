using System.Globalization;
using System.Text.Json.Nodes;

namespace Tars.Server.Tests.Fuzzing;

/// <summary>Values of schemas: such that fit, and such that do not. Whether one fits, the check alone says.</summary>
internal sealed class ValueMaker(SchemaCheck check, Random random)
{
    private static readonly string[] Words =
    [
        "checkout", "error_rate", "p99_latency_ms", "a", "Ünï", "日本語", "a b", "x'y\"z;--", "<script>", "../../etc/passwd", "%s%n", "null", "0", "-1", "{}", "\u202Eabc", "😀", "", " ", "\0", "a\0b", "a\nb", "abc\n",
        "2026-01-05", "2026-02-30", "0001-01-01", "9999-12-31", "0000-01-01", "2026-1-5", "true", "TRUE", "1e3", "1.5", "+1", "9223372036854775807", "9223372036854775808", "99999999999999999999", "٣", "json", "admin", "fuzz1@example.org",
        "00000000-0000-0000-0000-000000000000", "not-a-uuid", "a,b", ",", "a,,b", "swagger-ui.css", "start.js", "GA_7DAY_RETROSPECTIVE.md",
    ];

    /// <summary>A value that fits.</summary>
    public JsonNode? Valid(JsonNode schema) => Draw(schema, fits: true);

    /// <summary>A value that does not fit; one that fits where everything does.</summary>
    public JsonNode? Invalid(JsonNode schema) => Draw(schema, fits: false);

    /// <summary>Any text.</summary>
    public string Text() => random.Next(12) switch
    {
        0 => new string('a', random.Next(1, 400)),
        1 => new string('é', random.Next(1, 300)),
        2 => string.Create(CultureInfo.InvariantCulture, $"fuzz{random.Next(30)}"),
        3 => random.Next(-5, 2000).ToString(CultureInfo.InvariantCulture),
        4 => new DateOnly(2025, 12, 20).AddDays(random.Next(60)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        5 => new Guid(random.Next(), 0, 0, new byte[8]).ToString(),
        6 => new string([.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => (char)random.Next(1, 0xD7FF))]),
        _ => Words[random.Next(Words.Length)],
    };

    private JsonNode? Draw(JsonNode schema, bool fits)
    {
        JsonNode? value = null;
        for (int attempt = 0; attempt < 300; attempt++)
        {
            value = Candidate(schema, fits);
            if (check.Refuse(schema, value) is null == fits)
            {
                return value;
            }
        }

        return fits ? throw new InvalidOperationException($"no value fits {schema.ToJsonString()}") : value;
    }

    private JsonNode? Candidate(JsonNode schema, bool fits)
    {
        JsonObject rules = check.Resolve(schema);
        string[] types = SchemaCheck.TypesOf(rules);
        if (!fits && random.Next(4) == 0)
        {
            return AnyKind();
        }

        if (rules["enum"] is JsonArray words && (fits || random.Next(3) == 0))
        {
            JsonNode? word = words[random.Next(words.Count)]?.DeepClone();
            return fits || word is null ? word : ((string)word!).ToUpperInvariant();
        }

        return types[random.Next(types.Length)] switch
        {
            "null" => null,
            "boolean" => random.Next(2) == 0,
            "integer" => Number(rules),
            "number" => random.NextDouble() * 100,
            "array" => new JsonArray([.. Enumerable.Range(0, random.Next(fits ? 1 : 0, 4)).Select(_ => Candidate(rules["items"]!, fits))]),
            "object" => Fields(rules, fits),
            _ => (string?)rules["format"] switch
            {
                "password" when fits => string.Create(CultureInfo.InvariantCulture, $"amber lantern {random.Next(100000)} quay"),
                "uuid" when fits => new Guid(random.Next(), 1, 2, new byte[8]).ToString(),
                _ => (string?)rules["pattern"] is not null && fits && random.Next(3) == 0 ? string.Create(CultureInfo.InvariantCulture, $"fuzz{random.Next(30)}") : Long(rules, fits),
            },
        };
    }

    private JsonNode Long(JsonObject rules, bool fits) =>
        !fits && rules["maxLength"] is { } most && random.Next(3) == 0 ? new string('x', (int)most + 1 + random.Next(3)) : Text();

    private JsonNode Number(JsonObject rules)
    {
        long least = (long?)rules["minimum"]?.AsValue().GetValue<decimal>() ?? 0;
        long most = (long?)rules["maximum"]?.AsValue().GetValue<decimal>() ?? 1000;
        return random.Next(6) switch
        {
            0 => least,
            1 => most,
            2 => least - 1,
            3 => most == long.MaxValue ? most : most + 1,
            _ => random.NextInt64(least, Math.Max(least + 1, most)),
        };
    }

    private JsonObject Fields(JsonObject rules, bool fits)
    {
        JsonObject made = [];
        HashSet<string> needed = [.. (rules["required"]?.AsArray() ?? []).Select(name => (string)name!)];
        KeyValuePair<string, JsonNode?>[] known = [.. rules["properties"]!.AsObject()];
        string? broken = fits || random.Next(3) == 0 ? null : known[random.Next(known.Length)].Key;
        foreach ((string name, JsonNode? rule) in known)
        {
            if (name == broken && random.Next(3) == 0)
            {
                continue; // left out
            }

            if (needed.Contains(name) || name == broken || random.Next(2) == 0)
            {
                made[name] = Draw(rule!, name != broken);
            }
        }

        if (!fits && broken is null)
        {
            made[Words[random.Next(5)] + "_unknown"] = AnyKind();
        }

        return made;
    }

    private JsonNode? AnyKind() => random.Next(8) switch
    {
        0 => null,
        1 => true,
        2 => 1.5,
        3 => new JsonArray(1, "a"),
        4 => new JsonObject { ["a"] = new JsonObject { ["b"] = 1 } },
        5 => -1,
        6 => string.Empty,
        _ => Text(),
    };
}
