using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Cli.Commands.Users;
using Tars.Server.Access.Credentials;
using Tars.Storage.Identity;

namespace Tars.Cli.Commands.ApiKeys;

/// <summary><c>tars api-keys</c>: keys of users for programs.</summary>
internal static class ApiKeysCommand
{
    private static readonly Option<bool> All = CommonOptions.Flag("--all", "Those that were revoked or have expired, too");

    public static Command Create()
    {
        TarsCommand keys = new(
            "api-keys", "API keys, with which programs come in: makes, lists, replaces and revokes them", "tars api-keys create ci --user ann --role readonly", "tars api-keys list");
        keys.Subcommands.Add(ApiKeysCreateCommand.Create());
        keys.Subcommands.Add(UsersCommand.Verb("list", "Lists the API keys; the keys themselves are kept nowhere", null, [All, ConfigFormat.TableOrJson], ListAsync, "tars api-keys list", "tars api-keys list --all -o json"));
        keys.Subcommands.Add(ApiKeysRotateCommand.Create());
        keys.Subcommands.Add(Revoke());
        return keys;
    }

    /// <summary>The argument that names a key.</summary>
    public static Argument<string> Key() => new("KEY-ID") { Description = "The key's id, as 'tars api-keys list' shows it" };

    /// <summary>The key of an id.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static async Task<StoredApiKey> FindAsync(OpenedStore store, string id) =>
        (Guid.TryParse(id, out Guid key) ? await store.Rows.ApiKeys.FindAsync(key, CancellationToken.None).ConfigureAwait(false) : null)
        ?? throw new UsageException(
            id.StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal) ? "that is a key, and not the id of one; it stands in the shell's history now: revoke it" : $"there is no API key '{id}' in {store.Rows.Location}",
            "'tars api-keys list' shows the ids");

    /// <summary>Shows a key that was made, once.</summary>
    public static int Show(CommandRun run, string text, NewApiKey key)
    {
        run.Audit.Tell("key", key.Id.ToString());
        run.Audit.Tell("user", key.UserId.ToString());
        run.Audit.Tell("role", key.Scopes);
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["api_key"] = text,
                ["key_id"] = key.Id.ToString(),
                ["name"] = key.Name,
                ["role"] = key.Scopes,
                ["expires"] = UsersCommand.Instant(key.Expires),
            });
            return ExitCode.Ok;
        }

        run.Console.Say(text);
        run.Console.Note($"this is the only time that the key is shown; its id is {key.Id}, it is {key.Scopes}, and it holds until {UsersCommand.Instant(key.Expires) ?? "it is revoked"}");
        return ExitCode.Ok;
    }

    /// <summary>A number of days, from 1 to ten years.</summary>
    public static int? Days(CommandRun run, Option<int?> option) => run.Value(option) is { } days and (< 1 or > 3650) ? throw new UsageException($"{option.Name}: {days.ToString(CultureInfo.InvariantCulture)} is not between 1 and 3650") : run.Value(option);

    private static async Task<int> ListAsync(CommandRun run, OpenedStore store, StoreAccess access)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        Dictionary<Guid, string> logins = (await store.Rows.Users.ListAsync(CancellationToken.None).ConfigureAwait(false)).ToDictionary(user => user.User.Id, user => user.User.Login);
        StoredApiKey[] keys = [.. (await store.Rows.ApiKeys.ListAsync(CancellationToken.None).ConfigureAwait(false)).Where(key => run.Has(All) || StateOf(key, now) == "holds")];
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["api_keys"] = new JsonArray([.. keys.Select(key => (JsonNode)Json(key, logins[key.Key.UserId], now))]) });
            return ExitCode.Ok;
        }

        if (keys.Length == 0)
        {
            run.Console.Say($"there is no API key in {store.Rows.Location}{(run.Has(All) ? string.Empty : " that holds")}");
            return ExitCode.Ok;
        }

        List<string[]> rows = [["key", "name", "user", "role", "state", "expires", "last used"]];
        rows.AddRange(keys.Select(key => new[]
        {
            key.Key.Id.ToString(), key.Key.Name, logins[key.Key.UserId], key.Key.Scopes, StateOf(key, now), UsersCommand.Instant(key.Key.Expires) ?? "never", UsersCommand.Instant(key.LastUsed) ?? "never",
        }));
        foreach (string line in ConfigFormat.Aligned(rows))
        {
            run.Console.Say(line);
        }

        return ExitCode.Ok;
    }

    private static TarsCommand Revoke()
    {
        Argument<string> id = Key();
        return UsersCommand.Verb(
            "revoke", "Revokes an API key: servers that run refuse it within a second", id, [ConfigFormat.TableOrJson], async (run, store, _) =>
            {
                StoredApiKey key = await FindAsync(store, run.Value(id)!).ConfigureAwait(false);
                bool isDone = await store.Rows.ApiKeys.RevokeAsync(key.Key.Id, CancellationToken.None).ConfigureAwait(false);
                run.Audit.Tell("key", key.Key.Id.ToString());
                if (ConfigFormat.IsJson(run))
                {
                    ConfigFormat.WriteJson(run.Console, new JsonObject { ["key_id"] = key.Key.Id.ToString(), ["revoked"] = isDone });
                }
                else
                {
                    run.Console.Say(isDone ? $"revoked '{key.Key.Name}'" : $"'{key.Key.Name}' was revoked before");
                }

                return ExitCode.Ok;
            },
            "tars api-keys revoke 0198c0de-0000-7000-8000-000000000001");
    }

    private static string StateOf(StoredApiKey key, DateTimeOffset now) => key.Revoked is not null ? "revoked" : key.Key.Expires <= now ? "expired" : "holds";

    private static JsonObject Json(StoredApiKey key, string login, DateTimeOffset now) => new()
    {
        ["key_id"] = key.Key.Id.ToString(),
        ["name"] = key.Key.Name,
        ["username"] = login,
        ["role"] = key.Key.Scopes,
        ["state"] = StateOf(key, now),
        ["created"] = UsersCommand.Instant(key.Created),
        ["expires"] = UsersCommand.Instant(key.Key.Expires),
        ["last_used"] = UsersCommand.Instant(key.LastUsed),
        ["revoked"] = UsersCommand.Instant(key.Revoked),
    };
}
