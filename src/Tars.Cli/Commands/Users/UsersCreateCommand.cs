using System.CommandLine;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Server.Access;
using Tars.Server.Access.Journal;
using Tars.Server.Access.Passwords;
using Tars.Server.Administration.Users;
using Tars.Storage.Identity;

namespace Tars.Cli.Commands.Users;

/// <summary><c>tars users create LOGIN --role ROLE</c>.</summary>
internal static class UsersCreateCommand
{
    private static readonly Argument<string> Login = UsersCommand.Login();

    private static readonly Option<bool> NoPassword = CommonOptions.Flag("--no-password", "A user without a password, who shows API keys, certificates or tokens of another issuer");

    public static Command Create() => UsersCommand.Verb(
        "create", "Adds a user; asks for the password without showing it", Login, [UsersCommand.Role, PasswordInput.FromStdin, NoPassword, ConfigFormat.TableOrJson], RunAsync,
        "tars users create ann --role admin", "tars users create ci --role sre --no-password");

    private static async Task<int> RunAsync(CommandRun run, OpenedStore store, StoreAccess access)
    {
        string login = run.Value(Login)!;
        string role = UsersCommand.RoleOf(run) ?? throw new UsageException($"{UsersCommand.Role.Name} is missing", "write readonly, sre or admin");
        if (UserNames.Refuse(login) is { } refusal)
        {
            throw new UsageException($"'{login}' {refusal}");
        }

        if (run.Has(NoPassword) && run.Has(PasswordInput.FromStdin))
        {
            throw new UsageException($"{NoPassword.Name} and {PasswordInput.FromStdin.Name} do not go together");
        }

        StoredUser? known = await store.Rows.Users.FindByLoginAsync(login, CancellationToken.None).ConfigureAwait(false);
        if (known is not null)
        {
            throw new UsageException($"there is a user '{login}' in {store.Rows.Location}", "'tars users reset' gives a user another password, 'tars users role' another role");
        }

        string? hash = run.Has(NoPassword) ? null : PasswordHash.Create(PasswordInput.Read(run, login, AccessSettings.Of(access.Loaded).Passwords));
        NewUser user = new(Guid.NewGuid(), run.Audit.EnrolSubject(login) ?? Subjects.For(null, login), login, role, hash);
        if (!await store.Rows.Users.AddAsync(user, CancellationToken.None).ConfigureAwait(false))
        {
            throw new UsageException($"there is a user '{login}', or who was one before, in {store.Rows.Location}", "choose another name");
        }

        StoredUser stored = await UsersCommand.FindAsync(store, login, CancellationToken.None).ConfigureAwait(false);
        return UsersCommand.Tell(run, stored, $"added {login}, who is {role}{(hash is null ? " and has no password" : string.Empty)}");
    }
}
