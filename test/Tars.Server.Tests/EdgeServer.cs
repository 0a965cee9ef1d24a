using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tars.Application.Auditing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;
using Tars.Sealing.Logs;
using Tars.Server.Access;
using Tars.Server.Auditing;
using Tars.Server.Hosting;
using Tars.Server.Limits;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Tars.Server.Telemetry;
using Tars.Server.Transport;
using Tars.TestKit;

namespace Tars.Server.Tests;

/// <summary>
/// A real Kestrel on a loopback port with the steps before and after access, in their order, and routes of the test's own. Who calls stands in a header
/// <c>X-Test-Caller</c> (a role, or <c>refused</c>): how callers prove it is tested elsewhere.
/// </summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    public const string CallerHeader = "X-Test-Caller";

    private static readonly Guid User = Guid.Parse("0198b5b0-0000-7000-8000-000000000001");

    private readonly TemporaryDirectory _folder;
    private readonly OpenedStore _store;
    private readonly WebApplication _server;

    private EdgeServer(TemporaryDirectory folder, OpenedStore store, AuditTrail? audit, WebApplication server) => (_folder, _store, Audit, _server) = (folder, store, audit, server);

    public AuditTrail? Audit { get; }

    public IServiceProvider Services => _server.Services;

    public OpenedStore Store => _store;

    /// <summary>Every address that is listened on, in the order they were asked for.</summary>
    public IReadOnlyList<Uri> Addresses => [.. _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];

    public Uri Address => Addresses[0];

    /// <summary>Starts one.</summary>
    /// <param name="yaml">The configuration.</param>
    /// <param name="routes">What is answered by what.</param>
    /// <param name="audits">Whether there is an audit log.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="folder">Where its files are; null for a folder of its own.</param>
    public static async Task<EdgeServer> StartAsync(string yaml, IReadOnlyList<(ApiRoute Route, Delegate Handler)>? routes = null, bool audits = false, TemporaryDirectory? folder = null, string profile = "local")
    {
        folder ??= new TemporaryDirectory();
        string configuration = folder.WriteText("tars.yaml", yaml);
        LoadedSettings settings = SettingsLoader.Load(new SettingsSearch { WorkingFolder = Path.GetDirectoryName(configuration)!, Environment = new Dictionary<string, string> { ["TARS_PROFILE"] = profile } }, TarsSchema.Instance);
        OpenedStore store = await OpenedStore.OpenAsync(StorageSettings.Of(settings), TimeProvider.System, creates: true, CancellationToken.None);
        AuditTrail? audit = null;
        if (audits)
        {
            AuditSettings log = AuditSettings.Of(settings);
            SubjectKeys.Create(log.Subjects, TimeProvider.System).Dispose();
            AuditLog.Create(log.Log, "tars.example/test", TimeProvider.System);
            audit = AuditTrail.Open(log, AuditClass.Runs, TimeProvider.System);
        }

        ServerParts parts = new(settings, store, audit, TimeProvider.System, "1.2.3-test");
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        builder.Services.AddSingleton(parts).AddSingleton(parts.Store.Rows).AddSingleton(parts.Time);
        builder.AddEdge(parts);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (settings.Section("api").Flag("tls_enabled"))
                {
                    listen.UseConfiguredTls();
                }
            });
            kestrel.ListenForRedirects(IPAddress.Loopback);
        });
        WebApplication server = builder.Build();
        server.Use(next => context => ProblemsAsync(next, context));
        server.UseTrustedProxies();
        server.UseTransportSecurity();
        server.UseRequestMetrics();
        server.UseRouting();
        server.Use(next => context => CallerAsync(next, context));
        server.UseRateLimits();
        server.Use(next => context => AccessAsync(next, context));
        server.UseRequestAudit();
        server.MapMetrics();
        foreach ((ApiRoute route, Delegate handler) in routes ?? [])
        {
            server.Map(route, handler);
        }

        await server.StartAsync();
        return new EdgeServer(folder, store, audit, server);
    }

    /// <summary>A route of a test.</summary>
    public static ApiRoute Route(string template, string id, string method = "GET", Role? least = null, LimitClass limit = LimitClass.Role, RequestAudit audit = RequestAudit.Never) =>
        new(method, template, id, "of a test", least, limit, audit);

    /// <summary>A path of it.</summary>
    public static Uri At(string path) => new(path, UriKind.Relative);

    /// <summary>A client of it.</summary>
    public HttpClient Client(string? caller = null)
    {
        HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null } }, disposeHandler: true) { BaseAddress = Address };
        if (caller is not null)
        {
            client.DefaultRequestHeaders.Add(CallerHeader, caller);
        }

        return client;
    }

    /// <summary>The events of the audit log.</summary>
    public IReadOnlyList<AuditRecord> Events() => [.. new AuditQuery(Audit!.Folder).Find(new AuditFilter()).Where(record => record.Type.StartsWith("api.", StringComparison.Ordinal))];

    /// <summary>Freezes the log, as it is when somebody finds its lines changed: from here on nothing can be appended.</summary>
    public void FreezeAudit() => LogFreezing.Freeze(new LogLayout(Audit!.Folder), "of a test", TimeProvider.System.GetUtcNow());

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (Audit is not null)
        {
            await Audit.DisposeAsync();
        }

        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task ProblemsAsync(RequestDelegate next, HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (ProblemException problem)
        {
            await ProblemAnswer.WriteAsync(context, problem);
        }
        catch (AuditException)
        {
            await ProblemAnswer.WriteAsync(context, ErrorCode.Unavailable, "the audit log cannot be written");
        }
        catch (BadHttpRequestException bad)
        {
            await ProblemAnswer.WriteAsync(context, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? ErrorCode.TooLarge : ErrorCode.BadRequest, bad.Message);
        }
    }

    private static Task CallerAsync(RequestDelegate next, HttpContext context)
    {
        string? said = context.Request.Headers[CallerHeader];
        Caller caller = said is null ? new Caller.Stranger()
            : said == "refused" ? new Caller.Refused(ErrorCode.Unauthorized, "expired")
            : new Caller.Known(User, "subject-1", "ada@example.com", Enum.Parse<Role>(said.Split('/')[0], ignoreCase: true), CredentialKind.ApiKey, said.Split('/').ElementAtOrDefault(1) ?? "key-1");
        context.Features.Set(caller);
        return next(context);
    }

    private static async Task AccessAsync(RequestDelegate next, HttpContext context)
    {
        Caller caller = Caller.Of(context);
        Role? least = context.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>()?.Least;
        if (caller is Caller.Refused || (least is not null && caller is not Caller.Known))
        {
            await ProblemAnswer.WriteAsync(context, ErrorCode.Unauthorized, "no");
        }
        else if (caller is Caller.Known known && known.Role < least)
        {
            await ProblemAnswer.WriteAsync(context, ErrorCode.Forbidden, "no");
        }
        else
        {
            await next(context);
        }
    }
}
