using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

public static partial class TarsSchema
{
    private static readonly ChoiceType LogLevel = new("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL");
    private static readonly ChoiceType LogFormat = new("json", "text");
    private static readonly TextType MetricsPrefix = new("a metric name prefix", "^[a-zA-Z_:][a-zA-Z0-9_:]*$", 60);

    private static SectionType Observability() => new(
        "the observability section",
        [
            .. Connection("http://localhost:9090"),
            Key("backend", Name, "The backend that is read, by its name under backends; default is prometheus_url.", "default"),
            Key("backends", new MapType(new SectionType("a backend", [.. Connection(null)]), "a map of backends"), "Further backends, by the names that services refer to."),
            Key("step", Between(1, 86400), "The distance of grid points, and so the finest detail of every figure.", "1m"),
            Key("coverage_minimum", Ratio, "The share of grid points that must hold a sample; below it a verdict is INCONCLUSIVE.", "90%"),
            Key("settle_delay", Between(0, 86400), "How long after its end a window counts as final.", "5m"),
            Key("bridge_limit", Between(0, 86400), "The longest gap across which a counter is differenced; a longer one is a gap.", "1h"),
            Key("timeout", Between(1, 3600), "How long one query may take, its answer included.", "2m"),
            Key("connect_timeout", Between(1, 600), "How long a connection may take to be made.", "10s"),
            Key("retries", Integer(0, 20), "How often a query is sent again after 429, 502, 503, 504 or a network failure.", "4"),
            Key("concurrency", Integer(1, 64), "How many queries are under way at once.", "4"),
            Key("points_limit", Integer(10, 1_000_000), "The most points per series that one range query asks for.", "11000"),
            Key("series_limit", Integer(1, 10_000_000), "Past this many series of a counter the difference is taken by the backend.", "20000"),
            Key("response_limit", new ByteSizeType(1 << 10, 1L << 36), "The largest answer that is read, decompressed.", "4GiB"),
            Key("time_zone", new TimeZoneType(), "The time zone in which a day begins and ends.", "UTC"),
            Key("output_dir", FilePath, "The folder that reports are written to.", "output"),
            Key("prometheus_enabled", Flag, "Whether prometheus_url is read at all.", "true"),
            Alias("prometheus_port", "telemetry.prometheus_port", Integer(1, 65535)),
            Alias("metrics_enabled", "telemetry.enable_prometheus_metrics", Flag),
            Alias("metrics_prefix", "telemetry.metrics_prefix", MetricsPrefix),
            Alias("log_level", "telemetry.log_level", LogLevel),
            Alias("log_format", "telemetry.log_format", LogFormat),
            Alias("log_file", "telemetry.log_file", FilePath),
        ]);

    private static IEnumerable<SettingsKey> Connection(string? url) =>
    [
        url is null
            ? Must("prometheus_url", Url, "The address of the backend; its API is expected at /api/v1 below it.")
            : Key("prometheus_url", Url, "The address of the backend; its API is expected at /api/v1 below it.", url),
        Key("dialect", new ChoiceType("auto", "prometheus2", "prometheus3", "victoriametrics"), "What answers; prometheus2 also for Thanos, Cortex and Mimir built on it; auto asks the backend.", "auto"),
        Key("method", new ChoiceType("auto", "get", "post"), "How queries are sent; auto posts long ones.", "auto"),
        Key("headers", new MapType(new SecretType(), "a map of headers", "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"), "Headers sent with every query, such as X-Scope-OrgID."),
        Key(
            "auth",
            new SectionType(
                "an authentication",
                Key("username", new TextType("a user name", null, 256), "The user of basic authentication."),
                Key("password", new SecretType(), "Its password; better a file or ${NAME}."),
                Key("password_file", FilePath, "A file that holds the password."),
                Key("bearer_token", new SecretType(), "A bearer token; better a file or ${NAME}."),
                Key("bearer_token_file", FilePath, "A file that holds the bearer token, read when the run begins.")),
            "How T.A.R.S. authenticates itself: user name and password, or a bearer token."),
        Key(
            "tls",
            new SectionType(
                "a TLS section",
                Key("ca_file", FilePath, "Certificate authorities in PEM, in place of the system's."),
                Key("cert_file", FilePath, "The client certificate in PEM, for mutual TLS."),
                Key("key_file", FilePath, "The client certificate's private key in PEM, where it is not in cert_file.")),
            "Certificates."),
        Key("proxy_url", Url, "An HTTP proxy on the way to the backend."),
    ];

    private static SectionType Telemetry() => new(
        "the telemetry section",
        Restart(Key("enabled", Flag, "Whether T.A.R.S. measures itself.", "true")),
        Key("log_level", LogLevel, "The least severe messages that are logged.", "INFO"),
        Key("log_format", LogFormat, "The shape of log lines.", "json"),
        Restart(Key("log_file", FilePath, "The log file; without one the log goes to stderr.")),
        Restart(Key("enable_prometheus_metrics", Flag, "Whether /metrics is served.", "true")),
        Restart(Key("metrics_prefix", MetricsPrefix, "The first part of the names of T.A.R.S.'s own metrics.", "tars")),
        Restart(Key("prometheus_port", Integer(1, 65535), "The port of a separate /metrics listener, such as 9101; the port of the API then has none.")),
        Restart(Key("prometheus_host", new TextType("a host name or address", null, 253), "The address that the separate listener listens on.", "127.0.0.1")),
        Restart(Key("metrics_access", new ChoiceType("public", "authenticated"), "Who reads /metrics on the port of the API: everybody, or whoever shows a credential.", "public")),
        Key("track_cli_commands", Flag, "Whether command runs are counted.", "true"),
        Key("enable_error_tracking", Flag, "Whether failures are counted by kind.", "true"));
}
