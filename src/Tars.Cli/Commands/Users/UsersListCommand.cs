using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Storage.Identity;

namespace Tars.Cli.Commands.Users;

/// <summary><c>tars users list</c>.</summary>
internal static class UsersListCommand
{
    public static Command Create() => UsersCommand.Verb("list", "Lists the users", null, [ConfigFormat.TableOrJson], RunAsync, "tars users list", "tars users list -o json");

    private static async Task<int> RunAsync(CommandRun run, OpenedStore store, StoreAccess access)
    {
        IReadOnlyList<StoredUser> users = await store.Rows.Users.ListAsync(CancellationToken.None).ConfigureAwait(false);
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["users"] = new JsonArray([.. users.Select(user => (JsonNode)UsersCommand.Json(user))]) });
            return ExitCode.Ok;
        }

        if (users.Count == 0)
        {
            run.Console.Say($"there is no user in {store.Rows.Location}");
            run.Console.Note("'tars users create LOGIN --role admin' makes the first one");
            return ExitCode.Ok;
        }

        List<string[]> rows = [["login", "role", "state", "password", "second factor", "last login"]];
        rows.AddRange(users.Select(user => new[]
        {
            user.User.Login, user.User.Role, user.Disabled is not null ? "disabled" : user.LockedUntil > run.Time.GetUtcNow() ? "locked" : "enabled",
            user.User.PasswordHash is null ? "no" : "yes", user.Factor?.Confirmed is null ? "no" : "yes", UsersCommand.Instant(user.LastLogin) ?? "never",
        }));
        foreach (string line in ConfigFormat.Aligned(rows))
        {
            run.Console.Say(line);
        }

        return ExitCode.Ok;
    }
}
