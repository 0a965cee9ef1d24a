using System.Globalization;
using System.Text;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;
using Tars.TestKit;

namespace Tars.Observability.Tests.Prometheus;

/// <summary>
/// Mutated answers: the reader either rejects them or agrees with the slow reference, whatever pieces they arrive in. The number of
/// mutations is set with <c>TARS_FUZZ_COUNT</c>.
/// </summary>
public sealed class MatrixFuzz
{
    private const int Count = 40;

    [Fact]
    public async Task Read_MutatedAnswers_AgreesWithReferenceOrRejects()
    {
        int mutations = int.TryParse(Environment.GetEnvironmentVariable("TARS_FUZZ_COUNT"), CultureInfo.InvariantCulture, out int asked) ? asked : 5_000;
        Random random = new(Seeds.Draw());
        int accepted = 0;
        for (int i = 0; i < mutations; i++)
        {
            byte[] answer = Encoding.UTF8.GetBytes(Answer(random));
            int edits = random.Next(0, 4);
            for (int edit = 0; edit < edits; edit++)
            {
                answer = Mutate(answer, random);
            }

            accepted += await CheckAsync(answer, random) ? 1 : 0;
        }

        Assert.InRange(accepted, mutations / 10, mutations); // the loop tests acceptance too
    }

    private static async Task<bool> CheckAsync(byte[] answer, Random random)
    {
        Dictionary<LabelSet, double[]> read = [];
        bool duplicate = false;
        MatrixReader reader = new("q", 1_700_000_000_000, 15_500, Count, (labels, values, _) => duplicate |= !read.TryAdd(labels, [.. values]));
        try
        {
            await reader.ReadAsync(new DribblingStream(answer, random), TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or SeriesSourceException)
        {
            return false;
        }

        if (duplicate)
        {
            return false; // refused one level up, where attempts are known
        }

        Dictionary<LabelSet, double[]>? reference = MatrixReference.Parse(answer, 1_700_000_000_000, 15_500, Count);
        string text = Encoding.UTF8.GetString(answer);
        Assert.True(reference is not null, text);
        Assert.True(reference.Count == read.Count, text);
        foreach ((LabelSet labels, double[] values) in reference)
        {
            Assert.True(values.AsSpan().SequenceEqual(read[labels]), text);
        }

        return true;
    }

    private static string Answer(Random random)
    {
        StringBuilder text = new("""{"status":"success","data":{"resultType":"matrix","result":[""");
        int series = random.Next(0, 4);
        for (int s = 0; s < series; s++)
        {
            text.Append(s > 0 ? "," : string.Empty).Append(CultureInfo.InvariantCulture, $$$"""{"metric":{"__name__":"m","i":"{{{s}}}","t":"a\"\u00fc\\"},"values":[""");
            bool any = false;
            for (int i = 0; i < Count; i++)
            {
                if (random.Next(5) > 0)
                {
                    decimal time = 1_700_000_000m + (15.5m * i);
                    text.Append(any ? "," : string.Empty).Append(CultureInfo.InvariantCulture, $"[{time},\"{Value(random)}\"]");
                    any = true;
                }
            }

            text.Append("]}");
        }

        return text.Append("""]},"warnings":["x"]}""").ToString();
    }

    private static string Value(Random random) => random.Next(8) switch
    {
        0 => "NaN",
        1 => "+Inf",
        2 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
        3 => (random.NextDouble() * Math.Pow(10, random.Next(-300, 300))).ToString("R", CultureInfo.InvariantCulture),
        4 => (-random.NextDouble()).ToString("F12", CultureInfo.InvariantCulture),
        _ => random.Next().ToString(CultureInfo.InvariantCulture),
    };

    private static byte[] Mutate(byte[] answer, Random random)
    {
        List<byte> bytes = [.. answer];
        int at = random.Next(bytes.Count);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes.RemoveAt(at);
                bytes.Add((byte)' ');
                break;
            case 2:
                bytes.Insert(at, (byte)"0123456789[]{},:\"\\. -+eENInf\n"[random.Next(29)]);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at); // never empty: a bracket follows
                bytes.Add((byte)'}');
                break;
            case 4:
                int length = Math.Min(random.Next(1, 60), bytes.Count - at);
                bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                break;
            default:
                bytes[at] = (byte)random.Next(256);
                break;
        }

        return [.. bytes];
    }

    /// <summary>Hands out a few bytes at a time, so that every token is cut somewhere.</summary>
    private sealed class DribblingStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        private readonly int _most = random.Next(3) == 0 ? random.Next(1, 12) : 4096;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, _most + 1))], cancellationToken);
    }
}
