using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;
using Tars.TestKit;

namespace Tars.Configuration.Tests;

/// <summary>
/// 2,000 damages drawn at run time, each with the place where a reader would look for it, found by searching the text and not by parsing it.
/// </summary>
public class ExactPositionTests
{
    private const string Whole = MutationTests.Valid + "\n";

    private static readonly string[] Keys =
    [
        "observability", "prometheus_url", "step", "coverage_minimum", "retries", "response_limit", "headers", "services", "name", "labels", "depends_on",
        "indicators", "objectives", "service", "indicator", "target", "window", "maintenance", "from", "to", "reason", "api", "port", "tls_enabled",
        "compliance", "enforcement_mode", "preset", "histogram", "quantiles",
    ];

    private static readonly string[] Lines =
    [
        "  prometheus_url: https://prometheus.example.com", "  step: 1m", "  coverage_minimum: 90%", "  retries: 3", "  response_limit: 256MiB",
        "    labels: { job: checkout }", "    depends_on: [payment]", "    preset: [aspnetcore, process]", "  port: 8100", "  tls_enabled: false",
        "  enforcement_mode: warn", "    X-Scope-OrgID: team",
    ];

    [Theory]
    [InlineData("type or range", 500)]
    [InlineData("key", 400)]
    [InlineData("tab", 250)]
    [InlineData("indentation", 100)]
    [InlineData("encoding", 350)]
    [InlineData("duplicate", 250)]
    [InlineData("large value", 30)]
    [InlineData("alias bomb", 120)]
    public void Load_DrawnDamage_IsRefusedAtItsPlace(string kind, int count)
    {
        Random random = new(Seeds.Draw(kind));
        for (int i = 0; i < count; i++)
        {
            (byte[] bytes, int line, int column) = kind switch
            {
                "type or range" => TypeOrRange(random),
                "key" => Key(random),
                "tab" => Tab(random),
                "indentation" => Indentation(random),
                "encoding" => Damage(random),
                "duplicate" => Duplicate(random),
                "large value" => LargeValue(random),
                _ => AliasBomb(random),
            };
            SettingsProblem[] problems = Problems(bytes);
            Assert.True(
                problems.Any(problem => problem.Origin.Source == "tars.yaml" && problem.Origin.Line == line && (column == 0 || problem.Origin.Column == column)),
                $"expected {line}:{column} of\n{Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 3000)))}\nbut found {string.Join('\n', problems.Select(problem => problem.ToString()))}");
        }
    }

    private static SettingsProblem[] Problems(byte[] bytes)
    {
        MemoryFiles files = new();
        string folder = Path.GetFullPath("/memory");
        files.Write(Path.Combine(folder, "tars.yaml"), bytes);
        try
        {
            SettingsLoader.Load(new SettingsSearch { WorkingFolder = folder, Files = files }, TarsSchema.Instance);
            return [];
        }
        catch (SettingsException refusal)
        {
            return [.. refusal.Problems];
        }
    }

    private static (byte[] Bytes, int Line, int Column) TypeOrRange(Random random)
    {
        string word = string.Concat(Enumerable.Range(0, random.Next(3, 9)).Select(_ => (char)random.Next('g', 'm')));
        (string before, string value)[] choices =
        [
            ("port: ", random.Next(65536, int.MaxValue).ToString(CultureInfo.InvariantCulture)),
            ("port: ", "-" + random.Next(1, 9999).ToString(CultureInfo.InvariantCulture)),
            ("port: ", word), ("port: ", $"[{random.Next(1, 9)}]"), ("port: ", $"{{a: {random.Next(1, 9)}}}"),
            ("retries: ", random.Next(21, 9999).ToString(CultureInfo.InvariantCulture)), ("retries: ", $"\"{random.Next(1, 9)}\""), ("retries: ", "0." + random.Next(1, 99)),
            ("step: ", random.Next(1, 9999).ToString(CultureInfo.InvariantCulture)), ("step: ", random.Next(25, 999) + "h"), ("step: ", word),
            ("coverage_minimum: ", random.Next(101, 999) + "%"), ("coverage_minimum: ", random.Next(2, 99).ToString(CultureInfo.InvariantCulture)), ("coverage_minimum: ", word),
            ("response_limit: ", random.Next(1, 999) + "B"), ("response_limit: ", random.Next(1, 999).ToString(CultureInfo.InvariantCulture)),
            ("tls_enabled: ", word), ("tls_enabled: ", random.Next(2) == 0 ? "yes" : "off"), ("enforcement_mode: ", word), ("prometheus_url: ", word + ".example.com"),
            ("target: ", random.Next(2, 999).ToString(CultureInfo.InvariantCulture)), ("window: ", random.Next(1, 59) + "s"), ("from: ", $"2026-{random.Next(10, 12)}-{random.Next(10, 28)}"),
            ("depends_on: ", word), ("labels: ", $"[{word}]"), ("preset: ", $"[{word}]"),
        ];
        (string key, string replacement) = choices[random.Next(choices.Length)];
        int start = Whole.IndexOf(key, StringComparison.Ordinal) + key.Length;
        int end = Whole.IndexOf('\n', start);
        if (Whole.AsSpan(start, end - start).TrimStart() is var rest && Whole[..start].Split('\n')[^1].Contains('{', StringComparison.Ordinal))
        {
            end = start + rest.IndexOfAny(',', '}');
        }

        int mark = replacement[0] == '[' && key == "preset: " ? start + 1 : start;
        return At(Whole.Remove(start, end - start).Insert(start, replacement), mark);
    }

    private static (byte[] Bytes, int Line, int Column) Key(Random random)
    {
        string key = Keys[random.Next(Keys.Length)];
        Match[] places = [.. Regex.Matches(Whole, $@"(?<![A-Za-z_-]){key}(?=:)").Cast<Match>()];
        int at = places[random.Next(places.Length)].Index;
        int letter = at + random.Next(key.Length);
        return At(Whole.Insert(letter, Whole[letter].ToString()), at);
    }

    private static (byte[] Bytes, int Line, int Column) Tab(Random random)
    {
        string line = Lines[random.Next(Lines.Length)];
        int spaces = line.Length - line.TrimStart().Length;
        int at = Whole.IndexOf(line, StringComparison.Ordinal) + random.Next(spaces + 1);
        return At(Whole.Insert(at, "\t"), at);
    }

    // One space more or less: YAML itself says where the text cannot go on, in this line or the next.
    private static (byte[] Bytes, int Line, int Column) Indentation(Random random)
    {
        string line = Lines[random.Next(2, 5)];
        int at = Whole.IndexOf(line, StringComparison.Ordinal);
        bool more = random.Next(2) == 0;
        string text = more ? Whole.Insert(at, new string(' ', random.Next(1, 4))) : Whole.Remove(at, 1);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int own = Whole.AsSpan(0, at).Count('\n') + 1;
        return (bytes, Problems(bytes).Any(problem => problem.Origin.Line == own) ? own : own + 1, 0);
    }

    private static (byte[] Bytes, int Line, int Column) Damage(Random random)
    {
        int at = random.Next(Whole.Length);
        byte[] whole = Encoding.UTF8.GetBytes(Whole);
        byte[][] broken = [[0xFF], [0xC3], [0xE2, 0x82], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80], [0x00], [0x01], [0x1B], [0x7F], [0xC2, 0x85], [0xEF, 0xBF, 0xBF]];
        byte[] insert = broken[random.Next(broken.Length)];
        if (random.Next(20) == 0)
        {
            return (random.Next(2) == 0 ? [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Whole)] : [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Whole)], 1, 1);
        }

        (_, int line, int column) = At(Whole, at);
        return ([.. whole.AsSpan(0, at), .. insert, .. whole.AsSpan(at)], line, column);
    }

    private static (byte[] Bytes, int Line, int Column) Duplicate(Random random)
    {
        string line = Lines[random.Next(Lines.Length)];
        int at = Whole.IndexOf(line, StringComparison.Ordinal);
        int second = at + line.Length + 1;
        return At(Whole.Insert(second, line + "\n"), second + line.Length - line.TrimStart().Length);
    }

    private static (byte[] Bytes, int Line, int Column) LargeValue(Random random)
    {
        const string Key = "  enforcement_mode: ";
        int at = Whole.IndexOf(Key, StringComparison.Ordinal) + Key.Length;
        bool tooLarge = random.Next(2) == 0;
        string large = new((char)random.Next('a', 'z'), tooLarge ? 1 << 20 : random.Next(100_000, 900_000));
        (byte[] bytes, int line, int column) = At(Whole[..at] + large, at);
        return tooLarge ? (bytes, 1, 1) : (bytes, line, column);
    }

    // Values are counted with every alias written out: a list of n values is n + 1 values.
    private static (byte[] Bytes, int Line, int Column) AliasBomb(Random random)
    {
        int width = random.Next(5, 60);
        StringBuilder bomb = new("a0: &a0 [" + string.Join(", ", Enumerable.Repeat("x", width)) + "]\n");
        long size = width + 1;
        long total = 1 + size;
        for (int level = 1; ; level++)
        {
            string start = $"a{level}: &a{level} [";
            string alias = $"*a{level - 1}";
            total++;
            for (int i = 0; i < width; i++)
            {
                total += size;
                if (total > 100_000)
                {
                    bomb.Append(start).AppendJoin(", ", Enumerable.Repeat(alias, width)).Append("]\n");
                    return (Encoding.UTF8.GetBytes(bomb.ToString()), level + 1, start.Length + (i * (alias.Length + 2)) + 1);
                }
            }

            bomb.Append(start).AppendJoin(", ", Enumerable.Repeat(alias, width)).Append("]\n");
            size = (size * width) + 1;
        }
    }

    private static (byte[] Bytes, int Line, int Column) At(string text, int index)
    {
        string before = text[..index];
        int line = before.Count(c => c == '\n') + 1;
        return (Encoding.UTF8.GetBytes(text), line, index - (before.LastIndexOf('\n') + 1) + 1);
    }
}
