using System.CommandLine;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Cli.Commands.Users;
using Tars.Server.Access.Credentials;
using Tars.Storage.Identity;

namespace Tars.Cli.Commands.ApiKeys;

/// <summary><c>tars api-keys rotate KEY-ID</c>.</summary>
internal static class ApiKeysRotateCommand
{
    private static readonly TimeSpan DefaultOverlap = TimeSpan.FromDays(1);

    private static readonly Argument<string> Id = ApiKeysCommand.Key();

    private static readonly Option<string?> Overlap = CommonOptions.Text("--overlap", "DURATION", "How long the old key still holds; default 24h, 0s for not at all");

    private static readonly Option<int?> Expires = new("--expires-in-days") { HelpName = "N", Description = "How long the new one holds; default as the old one" };

    public static Command Create() => UsersCommand.Verb(
        "rotate", "Makes the successor of an API key and shows it, once; the old one ends after a while", Id, [Overlap, Expires, ConfigFormat.TableOrJson], RunAsync,
        "tars api-keys rotate 0198c0de-0000-7000-8000-000000000001 --overlap 1h");

    private static async Task<int> RunAsync(CommandRun run, OpenedStore store, StoreAccess access)
    {
        TimeSpan overlap = run.Value(Overlap) is "0" or "0s" ? TimeSpan.Zero : CommonOptions.Duration(Overlap, run.Value(Overlap)) ?? DefaultOverlap;
        StoredApiKey key = await ApiKeysCommand.FindAsync(store, run.Value(Id)!).ConfigureAwait(false);
        string text = ApiKeyText.Create();
        DateTimeOffset? expires = ApiKeysCommand.Days(run, Expires) is { } days ? run.Time.GetUtcNow().AddDays(days) : null;
        NewApiKey successor = await store.Rows.ApiKeys.RotateAsync(key.Key.Id, Guid.NewGuid(), ApiKeyText.HashOf(text), overlap, expires, CancellationToken.None).ConfigureAwait(false)
            ?? throw new UsageException($"the key '{key.Key.Name}' has expired or was revoked", "'tars api-keys create' makes a new one");
        run.Audit.Tell("replaces", key.Key.Id.ToString());
        return ApiKeysCommand.Show(run, text, successor);
    }
}
