using System.CommandLine;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Server.Access;
using Tars.Server.Access.Passwords;
using Tars.Storage.Identity;

namespace Tars.Cli.Commands.Users;

/// <summary><c>tars users reset LOGIN</c>: another password, or no second factor.</summary>
internal static class UsersResetCommand
{
    private static readonly Argument<string> Login = UsersCommand.Login();

    private static readonly Option<bool> SecondFactor = CommonOptions.Flag("--second-factor", "Takes the second factor away instead: for a phone that was lost");

    public static Command Create() => UsersCommand.Verb(
        "reset", "Gives a user another password: logins end; or takes the second factor away", Login, [PasswordInput.FromStdin, SecondFactor, ConfigFormat.TableOrJson], RunAsync,
        "tars users reset ann", "tars users reset ann --second-factor");

    private static async Task<int> RunAsync(CommandRun run, OpenedStore store, StoreAccess access)
    {
        StoredUser user = await UsersCommand.FindAsync(store, run.Value(Login)!, CancellationToken.None).ConfigureAwait(false);
        bool isFactor = run.Has(SecondFactor);
        run.Audit.Tell("of", isFactor ? "second_factor" : "password");
        if (isFactor)
        {
            await store.Rows.Users.SetFactorAsync(user.User.Id, null, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            string password = PasswordInput.Read(run, user.User.Login, AccessSettings.Of(access.Loaded).Passwords);
            await store.Rows.Users.SetPasswordHashAsync(user.User.Id, PasswordHash.Create(password), CancellationToken.None).ConfigureAwait(false);
        }

        StoredUser now = (await store.Rows.Users.FindAsync(user.User.Id, CancellationToken.None).ConfigureAwait(false))!;
        return UsersCommand.Tell(run, now, isFactor ? $"{now.User.Login} has no second factor" : $"{now.User.Login} has another password; logins ended");
    }
}
