using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Tars.Application.Schedules;
using Tars.Application.Sealing;
using Tars.Application.Settings;
using Tars.Application.Settings.Refusals;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Store;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Server.Hosting;
using Tars.Server.Retrospectives;
using Tars.Server.Telemetry;
using Tars.Server.Transport;

namespace Tars.Cli.Commands.Serve;

/// <summary><c>tars serve</c>: the API, in the foreground, until it is told to end.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(25);

    public static Command Create()
    {
        TarsCommand serve = StoreCommand.Verb(
            "serve", "Serves the API until it is ended (Ctrl-C, SIGTERM): what runs kept in the store, and nothing else", ServeOptions.All, RunAsync,
            "tars serve", "tars serve --profile prod --tls-cert server.pem --tls-key server.key", "tars serve --urls http://127.0.0.1:8100");
        serve.EndsWithin = Drain + TimeSpan.FromSeconds(10);
        return serve;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        TarsSettings settings = await run.LoadAsync(run.Search(), Requirements.Service).ConfigureAwait(false);
        LoadedSettings loaded = settings.Loaded;
        SettingsSection api = loaded.Section("api");
        if (!api.Flag("enabled"))
        {
            throw new UsageException("api.enabled is off, so there is nothing to serve", "turn it on in the configuration, or with --set api.enabled=true");
        }

        Warn(run, settings);
        List<ListenAddress> addresses = AddressesOf(run, api);
        OpenedStore store = await OpenedStore.OpenAsync(StorageSettings.Of(loaded), run.Time, creates: true, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            SettingsSection telemetry = loaded.Section("telemetry");
            bool isJson = telemetry.Text("log_format") == "json";
            string level = telemetry.Text("log_level");
            RequestLog log = new(run.Console.Error, isJson, level is "DEBUG" or "INFO", run.Time);
            await using (log.ConfigureAwait(false))
            {
                ServerParts parts = new(loaded, store, run.Audit.Trail, run.Time, RunSealing.Version) { Log = log, MakeRetrospective = (order, runId, stop) => RetrospectiveAsync(run, order, runId, stop) };
                WebApplication server = TarsServer.Create(parts, builder =>
                {
                    builder.Logging.AddProvider(new NoticeLog(run.Console.Error, isJson, NoticeLog.LevelOf(level), run.Time));
                    builder.WebHost.ConfigureKestrel(options =>
                    {
                        foreach (ListenAddress address in addresses)
                        {
                            address.Listen(options, endpoint => endpoint.UseConfiguredTls());
                        }

                        options.ListenForRedirects(addresses[0].Addresses()[0]);
                    });
                });
                await using (server.ConfigureAwait(false))
                {
                    await ServeAsync(run, server, store, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return ExitCode.Ok;
    }

    private static async Task ServeAsync(CommandRun run, WebApplication server, OpenedStore store, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TransportException exception)
        {
            throw new SealingException(exception.Message, "both files are PEM; the key has no passphrase and belongs to the first certificate", exception);
        }
        catch (IOException exception)
        {
            throw new SealingException(exception.Message, "another program may listen there already; name another address with --urls, or --host and --port", exception);
        }

        run.Console.Say($"store {store.Rows.Location}");
        run.Console.Say($"listening on {string.Join(", ", server.Urls)}");
        await run.Console.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, run.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The way in which a service ends.
        }

        run.Console.Note("ending: requests that go on are finished");
        using CancellationTokenSource giveUp = new(Drain, run.Time);
        await server.StopAsync(giveUp.Token).ConfigureAwait(false);
    }

    // The same lines as the command; the files are in the store alone.
    private static async Task<TaskResult> RetrospectiveAsync(CommandRun run, RetrospectiveOrder order, Guid runId, CancellationToken cancellationToken) => (await InnerCommand.RunAsync(
        run, ["retro", .. order.ToArguments(), CommonOptions.Store.Name, CommonOptions.Output.Name, "none"], runId, isShown: false, cancellationToken).ConfigureAwait(false)).Result;

    private static void Warn(CommandRun run, TarsSettings settings)
    {
        foreach (string note in settings.Loaded.Notes)
        {
            run.Console.Note(note);
        }

        foreach (Waiver waiver in settings.Waivers)
        {
            run.Console.Warn(waiver.ToString());
        }

        foreach ((_, SettingsProblem problem) in ProductionRules.DevelopmentSettings(settings.Loaded, Requirements.Api))
        {
            run.Console.Warn($"for development only: {problem.Path} {problem.Message}");
        }

        if (run.Has(ServeOptions.Reload))
        {
            run.Console.Warn($"{ServeOptions.Reload.Name} is left out: nothing is reloaded; start the program again");
        }

        if (run.Value(ServeOptions.Workers) is not null)
        {
            run.Console.Warn($"{ServeOptions.Workers.Name} is left out: one process uses all cores; several processes share a store");
        }
    }

    private static List<ListenAddress> AddressesOf(CommandRun run, SettingsSection api)
    {
        bool isTls = api.Flag("tls_enabled");
        if (run.Value(ServeOptions.Urls) is not { } urls)
        {
            return [new ListenAddress(api.Text("host"), (int)api.Integer("port"), isTls)];
        }

        List<ListenAddress> addresses = [];
        foreach (string url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            ListenAddress address = ListenAddress.Parse(url, out string? refusal) ?? throw new UsageException($"{ServeOptions.Urls.Name}: {url} {refusal}");
            if (address.IsTls != isTls)
            {
                throw new UsageException(
                    $"{ServeOptions.Urls.Name}: {url} {(isTls ? "is without TLS, and api.tls_enabled asks for it" : "needs TLS, and api.tls_enabled is off")}",
                    isTls ? "write https://" : $"write http://, or give {ServeOptions.Certificate.Name} and {ServeOptions.Key.Name}");
            }

            addresses.Add(address);
        }

        return addresses.Count > 0 ? addresses : throw new UsageException($"{ServeOptions.Urls.Name}: no address is given", "write for example http://127.0.0.1:8100");
    }
}
