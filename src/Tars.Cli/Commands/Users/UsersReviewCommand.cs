using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Audit;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Storage.Identity;

namespace Tars.Cli.Commands.Users;

/// <summary><c>tars users review</c>: who may do what, and what of it nobody has used lately; for the review of access that standards ask for.</summary>
internal static class UsersReviewCommand
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(90);

    private static readonly Option<string?> Format = EventFormat.Of("csv", "json");

    public static Command Create() => UsersCommand.Verb(
        "review", "Exports who may do what, for an access review: users, their API keys and logins, and what nobody used for 90 days", null, [Format], RunAsync,
        "tars users review", "tars users review -o json");

    private static async Task<int> RunAsync(CommandRun run, OpenedStore store, StoreAccess access)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        List<ReviewRow> rows = [];
        foreach (StoredUser user in await store.Rows.Users.ListAsync(CancellationToken.None).ConfigureAwait(false))
        {
            IReadOnlyList<StoredApiKey> keys = await store.Rows.ApiKeys.OfUserAsync(user.User.Id, CancellationToken.None).ConfigureAwait(false);
            int logins = (await store.Rows.RefreshTokens.ListAsync(user.User.Id, CancellationToken.None).ConfigureAwait(false)).Count;
            rows.Add(Row(user, logins, keys.Where(key => key.Revoked is null && !(key.Key.Expires <= now)), now));
        }

        run.Audit.Tell("users", rows.Count);
        if (run.Value(Format) == "json")
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["reviewed"] = UsersCommand.Instant(now), ["store"] = store.Rows.Location, ["users"] = new JsonArray([.. rows.Select(row => (JsonNode)row.Json())]) });
            return ExitCode.Ok;
        }

        run.Console.Write("username,role,state,created,last_login,password_changed,second_factor,logins,api_keys,remarks\n");
        foreach (ReviewRow row in rows)
        {
            run.Console.Write(row.Csv() + "\n");
        }

        return ExitCode.Ok;
    }

    private static ReviewRow Row(StoredUser user, int logins, IEnumerable<StoredApiKey> keys, DateTimeOffset now)
    {
        StoredApiKey[] held = [.. keys];
        List<string> remarks = [];
        if (user.Disabled is null)
        {
            if (user.User.PasswordHash is not null && now - (user.LastLogin ?? user.Created) > Long)
            {
                remarks.Add("has not logged in for 90 days");
            }

            if (user.User.Role == "admin" && user.User.PasswordHash is not null && user.Factor?.Confirmed is null)
            {
                remarks.Add("administrator without a second factor");
            }

            remarks.AddRange(held.Where(key => now - (key.LastUsed ?? key.Created) > Long).Select(key => $"key '{key.Key.Name}' was not used for 90 days"));
            remarks.AddRange(held.Where(key => key.Key.Expires is null).Select(key => $"key '{key.Key.Name}' has no end"));
        }

        return new ReviewRow(user, logins, held, remarks);
    }

    private sealed record ReviewRow(StoredUser User, int Logins, IReadOnlyList<StoredApiKey> Keys, IReadOnlyList<string> Remarks)
    {
        private string State => User.Disabled is null ? "enabled" : "disabled";

        public JsonObject Json()
        {
            JsonObject json = UsersCommand.Json(User);
            json["password_changed"] = UsersCommand.Instant(User.PasswordChanged);
            json["logins"] = Logins;
            json["api_keys"] = new JsonArray([.. Keys.Select(key => (JsonNode)new JsonObject
            {
                ["key_id"] = key.Key.Id.ToString(),
                ["name"] = key.Key.Name,
                ["role"] = key.Key.Scopes,
                ["expires"] = UsersCommand.Instant(key.Key.Expires),
                ["last_used"] = UsersCommand.Instant(key.LastUsed),
            })]);
            json["remarks"] = ConfigFormat.List(Remarks);
            return json;
        }

        public string Csv() => string.Join(',', new[]
        {
            User.User.Login, User.User.Role, State, UsersCommand.Instant(User.Created), UsersCommand.Instant(User.LastLogin), UsersCommand.Instant(User.PasswordChanged),
            User.Factor?.Confirmed is null ? "no" : "yes", Logins.ToString(CultureInfo.InvariantCulture), string.Join("; ", Keys.Select(key => $"{key.Key.Name} ({key.Key.Scopes})")), string.Join("; ", Remarks),
        }.Select(Cell));

        // A cell that a spreadsheet would take for a formula gets an apostrophe before it.
        private static string Cell(string? text)
        {
            string cell = text is { Length: > 0 } && text[0] is '=' or '+' or '-' or '@' or '\t' ? "'" + text : text ?? string.Empty;
            return cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
        }
    }
}
