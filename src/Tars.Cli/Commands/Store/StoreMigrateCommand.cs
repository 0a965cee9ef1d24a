using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Storage.Migrations;

namespace Tars.Cli.Commands.Store;

/// <summary><c>tars store migrate</c>: makes a store, or brings one to the newest schema.</summary>
internal static class StoreMigrateCommand
{
    public static Command Create() => StoreCommand.Verb(
        "migrate", "Makes a store that is not there, or brings its database to the newest schema; programs of the version before go on working", [ConfigFormat.TableOrJson], RunAsync,
        "tars store migrate", "tars store migrate --set storage.database_url=postgresql://db.example.com/tars -o json");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        StoreAccess access = StoreAccess.Of(run);
        StorageSettings storage = access.Storage;
        IReadOnlyList<AppliedMigration> applied = await OpenedStore.MigrateAsync(storage, run.Time, cancellationToken).ConfigureAwait(false);
        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            SchemaState schema = opened.Rows.Schema;
            run.Audit.Tell("store", opened.Rows.Location);
            run.Audit.Tell("schema", schema.Version);
            run.Audit.Tell("migrations", new JsonArray([.. applied.Select(migration => (JsonNode)migration.Number)]));
            if (ConfigFormat.IsJson(run))
            {
                ConfigFormat.WriteJson(run.Console, new JsonObject
                {
                    ["store"] = opened.Rows.Location,
                    ["schema"] = schema.Version,
                    ["applied"] = new JsonArray([.. applied.Select(migration => (JsonNode)new JsonObject { ["number"] = migration.Number, ["name"] = migration.Name })]),
                });
                return ExitCode.Ok;
            }

            foreach (AppliedMigration migration in applied)
            {
                run.Console.Say(string.Create(CultureInfo.InvariantCulture, $"applied {migration.Number}: {migration.Name}"));
            }

            run.Console.Say(string.Create(CultureInfo.InvariantCulture, $"{opened.Rows.Location} has schema {schema.Version}{(applied.Count == 0 ? "; there was nothing to do" : string.Empty)}"));
            return ExitCode.Ok;
        }
    }
}
