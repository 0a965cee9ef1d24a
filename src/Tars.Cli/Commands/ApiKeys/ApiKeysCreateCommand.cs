using System.CommandLine;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Cli.Commands.Users;
using Tars.Server.Access;
using Tars.Server.Access.Credentials;
using Tars.Storage.Identity;

namespace Tars.Cli.Commands.ApiKeys;

/// <summary><c>tars api-keys create NAME --user LOGIN</c>.</summary>
internal static class ApiKeysCreateCommand
{
    private const int DefaultDays = 365;
    private const int LongestName = 100;

    private static readonly Argument<string> Name = new("NAME") { Description = "What the key is for" };

    private static readonly Option<string?> User = CommonOptions.Text("--user", "LOGIN", "Whose key it is");

    private static readonly Option<int?> Expires = new("--expires-in-days") { HelpName = "N", Description = "How long it holds; default 365" };

    public static Command Create() => UsersCommand.Verb(
        "create", "Makes an API key and shows it, once", Name, [User, UsersCommand.Role, Expires, ConfigFormat.TableOrJson], RunAsync,
        "tars api-keys create ci --user ann", "tars api-keys create grafana --user ann --role readonly --expires-in-days 90");

    private static async Task<int> RunAsync(CommandRun run, OpenedStore store, StoreAccess access)
    {
        string name = run.Value(Name)!;
        if (name.Length is 0 or > LongestName)
        {
            throw new UsageException($"a key's name has 1 to {LongestName} characters");
        }

        StoredUser user = await UsersCommand.FindAsync(store, run.Value(User) ?? throw new UsageException($"{User.Name} is missing", "'tars users list' names them"), CancellationToken.None).ConfigureAwait(false);
        if (user.Disabled is not null)
        {
            throw new UsageException($"{user.User.Login} is disabled", "'tars users enable' lets a user in again");
        }

        string role = UsersCommand.RoleOf(run) ?? user.User.Role;
        if (RoleNames.Parse(user.User.Role) is not { } most || RoleNames.Parse(role) > most)
        {
            throw new UsageException($"{UsersCommand.Role.Name}: {role} is more than {user.User.Login} may, who is {user.User.Role}");
        }

        string text = ApiKeyText.Create();
        NewApiKey key = new(Guid.NewGuid(), user.User.Id, name, ApiKeyText.HashOf(text), role, run.Time.GetUtcNow().AddDays(ApiKeysCommand.Days(run, Expires) ?? DefaultDays));
        await store.Rows.ApiKeys.AddAsync(key, CancellationToken.None).ConfigureAwait(false);
        return ApiKeysCommand.Show(run, text, key);
    }
}
