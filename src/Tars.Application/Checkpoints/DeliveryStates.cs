using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Sealing.Logs;
using Tars.Sealing.Streams;

namespace Tars.Application.Checkpoints;

/// <summary>
/// Who could not be reached last time, in the file <c>deliveries.json</c> of a log: an event is written when that changes, not with each run. Nothing is
/// believed of it; without it somebody who cannot be reached is told once more.
/// </summary>
internal static class DeliveryStates
{
    /// <summary>Takes the newest results into account.</summary>
    /// <param name="log">The log.</param>
    /// <param name="results">For each name, whether it went well.</param>
    /// <returns>Those names whose state is another one than before; who was never heard of was well.</returns>
    public static IReadOnlyList<(string Name, bool IsWell)> Changed(LogLayout log, IEnumerable<(string Name, bool IsWell)> results)
    {
        JsonObject states = Read(log);
        List<(string Name, bool IsWell)> changed = [];
        foreach ((string name, bool isWell) in results)
        {
            bool wasWell = !states.ContainsKey(name);
            if (wasWell == isWell)
            {
                continue;
            }

            changed.Add((name, isWell));
            if (isWell)
            {
                states.Remove(name);
            }
            else
            {
                states[name] = "failed";
            }
        }

        if (changed.Count > 0)
        {
            using ReplacementFile file = new(log.Deliveries, ReplacementFile.OwnerOnly);
            using (Utf8JsonWriter writer = new(file.Stream))
            {
                states.WriteTo(writer);
            }

            file.Commit();
        }

        return changed;
    }

    private static JsonObject Read(LogLayout log)
    {
        try
        {
            return File.Exists(log.Deliveries) ? JsonNode.Parse(File.ReadAllText(log.Deliveries)) as JsonObject ?? [] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
