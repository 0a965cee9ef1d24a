using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Server.Access;
using Tars.Storage.Identity;

namespace Tars.Cli.Commands.Users;

/// <summary><c>tars users</c>: who may come in over the API. The first administrator is made here; there is no other way.</summary>
internal static class UsersCommand
{
    /// <summary>The role.</summary>
    public static Option<string?> Role { get; } = CommonOptions.Text("--role", "ROLE", "What the user may do: readonly, sre or admin");

    public static Command Create()
    {
        TarsCommand users = new(
            "users", "Users of the API: makes, lists and reviews them", "tars users create ann --role admin", "tars users list", "tars users review -o csv");
        users.Subcommands.Add(UsersCreateCommand.Create());
        users.Subcommands.Add(UsersListCommand.Create());
        users.Subcommands.Add(UsersChange.Disable());
        users.Subcommands.Add(UsersChange.Enable());
        users.Subcommands.Add(UsersResetCommand.Create());
        users.Subcommands.Add(UsersChange.ChangeRole());
        users.Subcommands.Add(UsersReviewCommand.Create());
        return users;
    }

    /// <summary>The argument that names a user.</summary>
    public static Argument<string> Login() => new("LOGIN") { Description = "The name to log in with" };

    /// <summary>A verb over the store.</summary>
    public static TarsCommand Verb(string name, string description, Argument? argument, IEnumerable<Option> options, Func<CommandRun, OpenedStore, StoreAccess, Task<int>> run, params string[] examples)
    {
        TarsCommand command = StoreCommand.Verb(name, description, options, (own, cancellationToken) => WithStoreAsync(own, run, cancellationToken), examples);
        if (argument is not null)
        {
            command.Arguments.Add(argument);
        }

        return command;
    }

    /// <summary>The role that was written.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static string? RoleOf(CommandRun run)
    {
        string? role = run.Value(Role);
        return role is null || RoleNames.Parse(role) is not null ? role : throw new UsageException($"{Role.Name}: '{role}' is no role; write readonly, sre or admin");
    }

    /// <summary>The user of a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static async Task<StoredUser> FindAsync(OpenedStore store, string login, CancellationToken cancellationToken) =>
        await store.Rows.Users.FindByLoginAsync(login, cancellationToken).ConfigureAwait(false) ?? throw new UsageException($"there is no user '{login}' in {store.Rows.Location}", "'tars users list' names them");

    /// <summary>A user as JSON.</summary>
    public static JsonObject Json(StoredUser user) => new()
    {
        ["user_id"] = user.User.Id.ToString(),
        ["username"] = user.User.Login,
        ["role"] = user.User.Role,
        ["created"] = Instant(user.Created),
        ["disabled"] = Instant(user.Disabled),
        ["last_login"] = Instant(user.LastLogin),
        ["password"] = user.User.PasswordHash is not null,
        ["second_factor"] = user.Factor?.Confirmed is not null,
        ["locked_until"] = Instant(user.LockedUntil),
    };

    /// <summary>An instant as text; null stays null.</summary>
    public static string? Instant(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Tells what became of a user.</summary>
    public static int Tell(CommandRun run, StoredUser user, string line)
    {
        run.Audit.Tell("user", user.User.Id.ToString());
        run.Audit.Tell("subject", user.User.SubjectId);
        run.Audit.Tell("role", user.User.Role);
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, Json(user));
        }
        else
        {
            run.Console.Say(line);
        }

        return ExitCode.Ok;
    }

    private static async Task<int> WithStoreAsync(CommandRun run, Func<CommandRun, OpenedStore, StoreAccess, Task<int>> command, CancellationToken cancellationToken)
    {
        StoreAccess access = StoreAccess.Of(run);
        OpenedStore store = await OpenedStore.OpenAsync(access.Storage, run.Time, creates: true, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await command(run, store, access).ConfigureAwait(false);
        }
    }
}
