using System.CommandLine;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Storage.Identity;

namespace Tars.Cli.Commands.Users;

/// <summary><c>tars users disable</c>, <c>enable</c> and <c>role</c>: servers that run take it up within a second.</summary>
internal static class UsersChange
{
    public static Command Disable() => Verb(
        "disable", "Disables a user: logins end, API keys are revoked", [], async (run, store, user) =>
            await store.Rows.Users.DisableAsync(user.User.Id, CancellationToken.None).ConfigureAwait(false) ? $"disabled {user.User.Login}: logins ended, API keys are revoked" : $"{user.User.Login} was disabled before",
        "tars users disable ann");

    public static Command Enable() => Verb(
        "enable", "Lets a disabled user log in again; what was revoked stays revoked", [], async (run, store, user) =>
            await store.Rows.Users.EnableAsync(user.User.Id, CancellationToken.None).ConfigureAwait(false) ? $"enabled {user.User.Login}" : $"{user.User.Login} was not disabled",
        "tars users enable ann");

    public static Command ChangeRole() => Verb(
        "role", "Gives a user another role", [UsersCommand.Role], async (run, store, user) =>
        {
            string role = UsersCommand.RoleOf(run) ?? throw new UsageException($"{UsersCommand.Role.Name} is missing", "write readonly, sre or admin");
            await store.Rows.Users.SetRoleAsync(user.User.Id, role, CancellationToken.None).ConfigureAwait(false);
            return $"{user.User.Login} is {role} now, and was {user.User.Role}";
        },
        "tars users role ann --role sre");

    private static TarsCommand Verb(string name, string description, IEnumerable<Option> options, Func<CommandRun, OpenedStore, StoredUser, Task<string>> change, string example)
    {
        Argument<string> login = UsersCommand.Login();
        return UsersCommand.Verb(
            name, description, login, [.. options, ConfigFormat.TableOrJson], async (run, store, _) =>
            {
                StoredUser user = await UsersCommand.FindAsync(store, run.Value(login)!, CancellationToken.None).ConfigureAwait(false);
                string line = await change(run, store, user).ConfigureAwait(false);
                return UsersCommand.Tell(run, (await store.Rows.Users.FindAsync(user.User.Id, CancellationToken.None).ConfigureAwait(false))!, line);
            },
            example);
    }
}
