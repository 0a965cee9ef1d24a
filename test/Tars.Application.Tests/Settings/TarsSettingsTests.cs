using Tars.Application.Settings;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;
using Tars.Configuration.Sections;
using Tars.Observability.Indicators;
using Tars.Observability.Indicators.Presets;
using Tars.Observability.Objectives;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Settings;

public class TarsSettingsTests
{
    private static readonly string[] OriginalServices =
    [
        "insight-engine", "policy-learner", "meta-consensus", "causal-inference", "orchestration-agent", "automl-pipeline", "dashboard-api", "hypersync",
    ];

    [Fact]
    public void Load_Nothing_IsDefaults()
    {
        TarsSettings settings = SettingsFile.Bind("");

        Assert.Equal(new Uri("http://localhost:9090"), settings.Observability.Backend.Url);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.Observability.Step);
        Assert.Equal(new Ratio(0.9), settings.Observability.CoverageMinimum);
        Assert.Equal(TimeSpan.FromMinutes(5), settings.Observability.SettleDelay);
        Assert.Equal(11000, settings.Observability.PointsLimit);
        Assert.Equal(4L << 30, settings.Observability.ResponseLimitBytes);
        Assert.Equal(TimeSpan.Zero, settings.Observability.TimeZone.BaseUtcOffset);
        Assert.Empty(settings.Services);
        Assert.Null(settings.Analysis.Prices);
        Assert.Null(settings.DeploymentEvidence);
    }

    [Fact]
    public void Load_EveryKindOfIndicator_BecomesItsRecord()
    {
        TarsSettings settings = SettingsFile.Bind("""
            regions: { label: zone, primary: eu }
            services:
              - name: checkout
                labels: { job: checkout }
                depends_on: [db]
                indicators:
                  availability: { ratio: { good: 'http_requests_total{code!~"5.."}', total: http_requests_total } }
                  errors: { ratio: { bad: failures_total, total: events_total } }
                  hits: { ratio: { good: hits_total, bad: misses_total } }
                  latency: { histogram: request_duration, bucket_unit: milliseconds, quantiles: [99%, 0.5] }
                  memory: { gauge: rss, aggregate: max, unit: bytes }
                  disk: { gauge: free_bytes, capacity: size_bytes, counts: free }
                  cpu: { rate: cpu_total, unit: cores, better: neither }
            infrastructure:
              - { name: db, region_label: region, preset: postgres, indicators: { database_pool: { gauge: mine } } }
            """);

        ServiceDefinition checkout = settings.Services[0];
        Assert.Equal((ServiceKind.Service, "zone"), (checkout.Kind, checkout.RegionLabel));
        Assert.Equal("job=\"checkout\"", Assert.Single(checkout.Labels).ToString());
        Assert.Equal(["db"], checkout.DependsOn);
        IndicatorDefinition.Ratio availability = (IndicatorDefinition.Ratio)checkout.Indicators[0];
        Assert.Equal(("http_requests_total{code!~\"5..\"}", RatioPart.Good, true), (availability.Part.ToString(), availability.PartIs, availability.WholeIncludesPart));
        Assert.Equal(RatioPart.Bad, ((IndicatorDefinition.Ratio)checkout.Indicators[1]).PartIs);
        IndicatorDefinition.Ratio hits = (IndicatorDefinition.Ratio)checkout.Indicators[2];
        Assert.Equal(("hits_total", "misses_total", false), (hits.Part.ToString(), hits.Whole.ToString(), hits.WholeIncludesPart));
        IndicatorDefinition.Latency latency = (IndicatorDefinition.Latency)checkout.Indicators[3];
        Assert.Equal(0.001, latency.SecondsPerUnit);
        Assert.Equal([0.5, 0.99], latency.Quantiles);
        IndicatorDefinition.Gauge memory = (IndicatorDefinition.Gauge)checkout.Indicators[4];
        Assert.Equal((Aggregation.Max, "bytes", Better.Lower), (memory.Aggregation, memory.Unit, memory.Better));
        IndicatorDefinition.Gauge disk = (IndicatorDefinition.Gauge)checkout.Indicators[5];
        Assert.Equal(("size_bytes", true, "%"), (disk.Capacity!.ToString(), disk.GaugeIsFree, disk.Unit));
        Assert.Equal(("cores", Better.Neither), (checkout.Indicators[6].Unit, checkout.Indicators[6].Better));

        ServiceDefinition db = settings.Services[1];
        Assert.Equal((ServiceKind.Infrastructure, "region"), (db.Kind, db.RegionLabel));
        Assert.Equal("mine", ((IndicatorDefinition.Gauge)db.Indicators.Single(i => i.Name == "database_pool")).Metric.ToString());
        Assert.Contains(db.Indicators, i => i.Name == "cache_hit_rate");
        Assert.Equal("eu", settings.Analysis.PrimaryRegion);
    }

    [Fact]
    public void Load_EveryKindOfObjective_BecomesItsGoal()
    {
        TarsSettings settings = SettingsFile.Bind("""
            services:
              - name: a
                preset: [prometheus-http, process]
                indicators:
                  queue: { gauge: queue_length }
                  hits: { gauge: hit_share, unit: s, better: higher }
            objectives:
              - { service: a, indicator: availability, target: 99.9% }
              - { service: a, indicator: latency, threshold: 500ms, quantile: 0.99, target: 0.99, window: 7d }
              - { service: a, indicator: saturation, threshold: 80%, target: 99% }
              - { service: a, indicator: memory, threshold: 2GiB, target: 99% }
              - { service: a, indicator: queue, threshold: 100, target: 99%, good_when: at_least }
              - { service: a, indicator: hits, threshold: 1m30s, target: 99% }
            """);

        Assert.Equal(
            [
                new Objective("a", "availability", new ObjectiveGoal.GoodEvents(), new Ratio(0.999), TimeSpan.FromDays(30)),
                new Objective("a", "latency", new ObjectiveGoal.FasterThan(0.5, 0.99), new Ratio(0.99), TimeSpan.FromDays(7)),
                new Objective("a", "saturation", new ObjectiveGoal.WithinLimit(80, AtMost: true), new Ratio(0.99), TimeSpan.FromDays(30)),
                new Objective("a", "memory", new ObjectiveGoal.WithinLimit(2147483648, AtMost: true), new Ratio(0.99), TimeSpan.FromDays(30)),
                new Objective("a", "queue", new ObjectiveGoal.WithinLimit(100, AtMost: false), new Ratio(0.99), TimeSpan.FromDays(30)),
                new Objective("a", "hits", new ObjectiveGoal.WithinLimit(90, AtMost: false), new Ratio(0.99), TimeSpan.FromDays(30)),
            ],
            settings.Analysis.Objectives);
    }

    [Fact]
    public void Load_DeploymentsMaintenancePrices_BecomeTheirRecords()
    {
        TarsSettings settings = SettingsFile.Bind("""
            services: [{name: a, preset: process}, {name: b, preset: process}]
            infrastructure: [{name: c, preset: redis}]
            deployments:
              version_label: version
              list:
                - { at: 2026-02-01T10:00Z, version: "1.10" }
                - { at: 2026-01-01T10:00+02:00, version: "1.9", previous_version: "1.8", services: [b] }
            maintenance:
              - { from: 2026-11-28T01:00Z, to: 2026-11-28T02:00Z, services: [a], reason: database upgrade }
            prices: { cpu_core_hour: 0.10, currency: EUR }
            """);

        Assert.Equal(
            [
                new Deployment("b", new DateTimeOffset(2026, 1, 1, 8, 0, 0, TimeSpan.Zero), "1.9", "1.8", "configuration"),
                new Deployment("a", new DateTimeOffset(2026, 2, 1, 10, 0, 0, TimeSpan.Zero), "1.10", null, "configuration"),
                new Deployment("b", new DateTimeOffset(2026, 2, 1, 10, 0, 0, TimeSpan.Zero), "1.10", null, "configuration"),
            ],
            settings.Analysis.Deployments);
        Assert.Equal(new DeploymentEvidence.VersionLabel("version", "build_info"), settings.DeploymentEvidence);
        MaintenanceWindow window = Assert.Single(settings.Analysis.Maintenance);
        Assert.Equal("2026-11-28T01:00:00Z/2026-11-28T02:00:00Z", window.Window.ToString());
        Assert.Equal(new PriceTable("EUR", 0.10, null, null), settings.Analysis.Prices);
        Assert.Equal(
            new DeploymentEvidence.ChangedValue(SelectorParser.Parse("started{x=\"y\"}")),
            SettingsFile.Bind("deployments: { query: 'started{x=\"y\"}' }").DeploymentEvidence);
    }

    [Fact]
    public void Load_NamedBackends_AreChosenPerService()
    {
        TarsSettings settings = SettingsFile.Bind("""
            observability:
              prometheus_url: http://one:9090/prefix
              headers: { X-Scope-OrgID: team }
              backends:
                eu:
                  prometheus_url: https://two
                  dialect: victoriametrics
                  proxy_url: http://proxy:3128
                  auth: { bearer_token: "${TOKEN}" }
                  tls: { ca_file: ca.pem, cert_file: me.pem, key_file: me.key }
            services: [{name: a, preset: process}, {name: b, preset: process, backend: eu}]
            """, ("TOKEN", "t0ken"));

        Assert.Equal(("default", "eu"), (settings.BackendOf["a"], settings.BackendOf["b"]));
        Assert.Equal("team", settings.Observability.Backend.Headers["x-scope-orgid"]);
        BackendSettings eu = settings.Observability.Backends["eu"];
        Assert.Equal(("victoriametrics", "ca.pem", "me.pem", "me.key"), (eu.Dialect, eu.CertificateAuthorityFile, eu.ClientCertificateFile, eu.ClientKeyFile));
        Assert.Equal("t0ken", Assert.IsType<BackendAuthentication.Bearer>(eu.Authentication).Token.Reveal());
        Assert.DoesNotContain("t0ken", settings.ToString() + eu + eu.Authentication, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", PrometheusDialect.Auto)]
    [InlineData("prometheus2", PrometheusDialect.Prometheus2)]
    [InlineData("prometheus3", PrometheusDialect.Prometheus3)]
    [InlineData("victoriametrics", PrometheusDialect.VictoriaMetrics)]
    public void ToPrometheusOptions_EverySetting_ReachesTheClient(string word, PrometheusDialect dialect)
    {
        ObservabilitySettings settings = SettingsFile.Bind($$"""
            observability:
              prometheus_url: https://one:9090/prefix
              dialect: {{word}}
              method: post
              headers: { X-Scope-OrgID: team }
              proxy_url: http://proxy:3128
              auth: { username: u, password: p }
              tls: { ca_file: ca.pem, cert_file: me.pem, key_file: me.key }
              timeout: 7s
              connect_timeout: 3s
              retries: 9
              concurrency: 11
              points_limit: 500
              response_limit: 8MiB
            """).Observability;

        PrometheusOptions options = settings.ToPrometheusOptions(settings.Backend);

        options.Validate();
        Assert.Equal((new Uri("https://one:9090/prefix"), dialect, QueryMethod.Post), (options.Url, options.Dialect, options.Method));
        Assert.Equal(("u", "p", null), (options.Username, options.Password, options.BearerToken));
        Assert.Equal(("ca.pem", "me.pem", "me.key"), (options.CertificateAuthorityFile, options.ClientCertificateFile, options.ClientKeyFile));
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(3)), (options.Timeout, options.ConnectTimeout));
        Assert.Equal((9, 11, 500, 8388608L), (options.Retries, options.Concurrency, options.MaxPointsPerRequest, options.MaxResponseBytes));
        Assert.Equal(new Uri("http://proxy:3128"), options.Proxy);
        Assert.Equal("team", options.Headers["X-Scope-OrgID"]);
    }

    [Fact]
    public void ToPrometheusOptions_Defaults_AreTheClientsOwn()
    {
        ObservabilitySettings settings = SettingsFile.Bind("").Observability;
        PrometheusOptions expected = new(new Uri("http://localhost:9090"));
        PrometheusOptions options = settings.ToPrometheusOptions(settings.Backend);

        Assert.Equal(
            (expected.Timeout, expected.ConnectTimeout, expected.Retries, expected.Concurrency, expected.MaxResponseBytes, expected.MaxPointsPerRequest),
            (options.Timeout, options.ConnectTimeout, options.Retries, options.Concurrency, options.MaxResponseBytes, options.MaxPointsPerRequest));
    }

    [Fact]
    public void Reveal_FileNamedInAFolder_IsReadBesideTheConfiguration()
    {
        using TemporaryDirectory folder = new();
        string config = folder.WriteText("conf/tars.yaml", "observability: {auth: {username: u, password_file: secret.txt}}\n");
        BackendAuthentication.Basic basic = Assert.IsType<BackendAuthentication.Basic>(
            TarsSettings.Load(new SettingsSearch { WorkingFolder = folder.Path, ConfigPath = config }).Observability.Backend.Authentication);

        Assert.Contains("cannot be read", Assert.Throws<SettingsException>(() => basic.Password.Reveal()).Message, StringComparison.Ordinal);
        folder.WriteText("conf/secret.txt", "");
        Assert.EndsWith("secret.txt is empty", Assert.Throws<SettingsException>(() => basic.Password.Reveal()).Message, StringComparison.Ordinal);
        folder.WriteText("conf/secret.txt", new string('x', SecretSource.SizeLimit + 1));
        Assert.EndsWith("is larger than 65536 bytes", Assert.Throws<SettingsException>(() => basic.Password.Reveal()).Message, StringComparison.Ordinal);
        folder.WriteText("conf/secret.txt", "pa ss\n");
        Assert.Equal("pa ss", basic.Password.Reveal());
    }

    [Theory]
    [InlineData("quickstart.yaml", 1, 1)]
    [InlineData("aspnetcore-shop.yaml", 8, 6)]
    [InlineData("schedules.yaml", 1, 0)]
    [InlineData("tars-platform.yaml", 11, 17)]
    public void Load_Sample_IsValid(string name, int services, int objectives)
    {
        TarsSettings settings = TarsSettings.Load(new SettingsSearch { WorkingFolder = RepositoryRoot.FullPath, ConfigPath = "samples/" + name });

        Assert.Equal(services, settings.Services.Count);
        Assert.Equal(objectives, settings.Analysis.Objectives.Count);
        Assert.All(settings.Services, service => Assert.NotEmpty(service.Indicators));
        Assert.NotEmpty(QueryPlan.Of(settings.ToCollection(), new TimeGrid(DateTimeOffset.UnixEpoch, settings.Observability.Step, 10)).Queries);
        Assert.Empty(settings.Loaded.Notes);
    }

    [Fact]
    public void Load_PlatformSample_HasTheOriginalServicesAndRegions()
    {
        TarsSettings settings = TarsSettings.Load(new SettingsSearch { WorkingFolder = RepositoryRoot.FullPath, ConfigPath = "samples/tars-platform.yaml" });

        Assert.Equal(OriginalServices, settings.Services.Where(s => s.Kind == ServiceKind.Service).Select(s => s.Name));
        Assert.Equal("us-east-1", settings.Analysis.PrimaryRegion);
        Assert.Equal(["us-east-1", "us-west-2", "eu-central-1"], settings.Loaded.Section("regions").Texts("names"));
        Assert.All(settings.Services, service => Assert.Equal("region", service.RegionLabel));
    }

    [Fact]
    public void Catalog_Names_AreThoseOfTheSchema()
    {
        ListType presets = (ListType)TarsSchema.Instance.TypeAt("services[0].preset")!;

        Assert.Equal(((ChoiceType)presets.Item).Choices, PresetCatalog.All.Select(preset => preset.Name));
        Assert.All(PresetCatalog.All, preset => Assert.Equal(preset.Indicators.Count, preset.Indicators.Select(i => i.Name).Distinct().Count()));
        Assert.All(PresetCatalog.All.SelectMany(preset => preset.Indicators), indicator => Assert.NotEmpty(Preset.MetricsOf(indicator)));
    }
}
