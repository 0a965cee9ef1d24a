using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Client;

namespace Tars.Cli.Commands.Api;

/// <summary>Documents of the API as they are sent; the pages of a list are put together.</summary>
internal static class ApiDocuments
{
    /// <summary>Gets one.</summary>
    public static async Task<JsonObject> GetAsync(TarsClient client, string what, ApiQuestion question, CancellationToken cancellationToken)
    {
        string day = question.Date is { } date ? "/" + date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : string.Empty;
        string severity = question.Severities.Count == 0 ? string.Empty : $"severity={Uri.EscapeDataString(string.Join(',', question.Severities))}";
        return what switch
        {
            "health" => await OneAsync(client, "/health", cancellationToken).ConfigureAwait(false),
            "ga" => await OneAsync(client, "/api/ga", cancellationToken).ConfigureAwait(false),
            "retro" => await OneAsync(client, "/api/retrospective", cancellationToken).ConfigureAwait(false),
            "daily" when day.Length > 0 => await OneAsync(client, "/api/daily" + day, cancellationToken).ConfigureAwait(false),
            "daily" => await AllAsync(client, "/api/daily", string.Empty, "summaries", cancellationToken).ConfigureAwait(false),
            _ => await AllAsync(client, $"/api/{what}{day}", severity, what, cancellationToken).ConfigureAwait(false),
        };
    }

    private static async Task<JsonObject> AllAsync(TarsClient client, string path, string query, string items, CancellationToken cancellationToken)
    {
        JsonObject whole = await OneAsync(client, query.Length == 0 ? path : $"{path}?{query}", cancellationToken).ConfigureAwait(false);
        while ((string?)whole["next_cursor"] is { } cursor)
        {
            JsonObject page = await OneAsync(client, $"{path}?{query}{(query.Length == 0 ? string.Empty : "&")}cursor={Uri.EscapeDataString(cursor)}", cancellationToken).ConfigureAwait(false);
            JsonArray list = whole[items]!.AsArray();
            foreach (JsonNode? item in page[items]!.AsArray())
            {
                list.Add(item?.DeepClone());
            }

            whole["count"] = list.Count;
            whole["next_cursor"] = page["next_cursor"]?.DeepClone();
        }

        return whole;
    }

    private static async Task<JsonObject> OneAsync(TarsClient client, string path, CancellationToken cancellationToken) => (await client.GetJsonAsync(path, cancellationToken).ConfigureAwait(false)).Json();
}
