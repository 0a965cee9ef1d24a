using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

/// <content>What the section <c>api</c> says about requests before anybody answers them.</content>
public static partial class TarsSchema
{
    private static SectionType RateLimits() => new(
        "the section of rate limits",
        Restart(Key("public", Integer(1, 1_000_000), "Requests of one address that shows no valid credential; rate_limit_requests unless set.")),
        Restart(Key("readonly", Integer(1, 1_000_000), "Requests with one credential in the role readonly; rate_limit_requests unless set.")),
        Restart(Key("sre", Integer(1, 1_000_000), "Requests with one credential in the role sre; 60 unless set, and not less than those of readonly.")),
        Restart(Key("admin", Integer(1, 1_000_000), "Requests with one credential in the role admin; 100 unless set, and not less than those of sre.")),
        Restart(Key("downloads", Integer(1, 1_000_000), "Downloads with one credential.", "50")),
        Restart(Key("routes", new MapType(Integer(1, 1_000_000), "a map of operation ids and numbers"), "Requests of single routes, by their operation id; each such route is counted by itself, and no longer with the others.")));

    private static SectionType Connections() => new(
        "the section of connections",
        Restart(Key("limit", Integer(1, 1_000_000), "Connections at once; further ones are closed.", "10000")),
        Restart(Key("max_body", new ByteSizeType(1 << 10, 1L << 32), "The largest body of a request.", "16MiB")),
        Restart(Key("max_headers", new ByteSizeType(1 << 10, 1 << 20), "The largest head of a request.", "32KiB")),
        Restart(Key("header_timeout", Between(1, 300), "How long the head of a request may take to arrive.", "10s")),
        Restart(Key("idle_timeout", Between(1, 3600), "How long a connection may wait for its next request.", "60s")),
        Restart(Key("min_rate", new ByteSizeType(1, 1 << 30), "The least that a client has to send of a body, or to take of an answer, in a second, after five seconds of grace.", "240B")));
}
