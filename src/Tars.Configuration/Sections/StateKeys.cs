using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

/// <content>What is kept, who is told, what runs by itself, and what is waived.</content>
public static partial class TarsSchema
{
    private static readonly TextType MailAddress = new("a mail address", @"^[^@\s]+@[^@\s]+$", 254);

    private static SectionType Storage() => new(
        "the storage section",
        Restart(Key("folder", FilePath, "The folder of the embedded database and of files, where no other place is named.", "tars-data")),
        Restart(Key(
            "database_url",
            new AddressType("a database's address", "postgresql://db.example.com:5432/tars", "postgresql", "postgres"),
            "A PostgreSQL database, in place of the embedded one.")),
        Key("database_user", new TextType("a user name", null, 63), "The user of database_url."),
        Key("database_password", new SecretType(), "Its password; better ${NAME}, or the entry database_password of a secret backend."),
        Restart(Key(
            "redis_url",
            new AddressType("a Redis address", "rediss://redis.example.com:6379/0", "redis", "rediss"),
            "Redis, which shares rate limits between replicas; without it each keeps its own.")),
        Key("redis_user", new TextType("a user name", null, 128), "The user of redis_url."),
        Key("redis_password", new SecretType(), "Its password; better ${NAME}, or the entry redis_password of a secret backend."),
        Key(
            "blobs",
            new SectionType(
                "a blob store",
                Restart(Key("bucket", new TextType("a bucket's name", "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", 63), "An S3 bucket for files, in place of a folder.")),
                Restart(Key("prefix", new TextType("a prefix", "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", 512), "What every object's name begins with.")),
                Restart(Key("region", new TextType("a region", "^[a-z0-9-]+$", 40), "The bucket's region.")),
                Restart(Key("endpoint_url", Url, "The address of a store that is not Amazon's.")),
                Key("access_key_id", new SecretType(), "The access key; without it, the one that the environment's cloud credentials name."),
                Key("secret_access_key", new SecretType(), "Its secret; better ${NAME}, or the entry blob_secret_access_key of a secret backend.")),
            "Where files are kept."));

    private static SectionType Notifications() => new(
        "the notifications section",
        Key(
            "smtp",
            new SectionType(
                "a mail server",
                Key("host", new TextType("a host name", null, 253), "The mail server."),
                Key("port", Integer(1, 65535), "Its port.", "587"),
                Key("from", MailAddress, "The sender."),
                Key("username", new TextType("a user name", null, 256), "The user."),
                Key("password", new SecretType(), "Its password; better ${NAME}, or the entry smtp_password of a secret backend.")),
            "The mail server; a connection without TLS is refused."),
        Key(
            "channels",
            new MapType(
                new SectionType(
                    "a channel",
                    Key("email", Texts("a list of mail addresses", MailAddress), "Who gets a mail."),
                    Key("webhook_url", new SecretType(), "An address that gets a JSON document by POST; it is a secret, for whoever knows it can post there."),
                    Key("webhook_secret", new SecretType(), "The secret that signs the document (HMAC-SHA256)."),
                    Key(
                        "on",
                        new ListType(new ChoiceType("failed", "inconclusive", "refused", "published"), "a list of events"),
                        "What is told: a verdict FAIL, a verdict INCONCLUSIVE, a run that was refused, a report that was published.",
                        "[failed, refused]")),
                "a map of channels"),
            "Channels, by names of your own."));

    private static MapType Schedules() => new(
        new SectionType(
            "a schedule",
            Must("task", new ChoiceType("kpi", "daily", "anomalies", "regressions", "retro", "checkpoint", "retention"), "What is run."),
            Must("cron", new CronType(), "When: minute, hour, day of month, month, day of week, as in crontab(5)."),
            Key("time_zone", new TimeZoneType(), "The time zone that cron means; without it, observability.time_zone."),
            Key(
                "missed",
                new ChoiceType("run_once", "all", "report"),
                "What becomes of runs whose time passed while nobody ran them: the last is made up for, each is, or they are written down as missed.",
                "run_once")),
        "a map of schedules");

    private static SectionType Waivers()
    {
        TextType reason = new("a reason", null, 500);
        return new SectionType(
            "the waivers section",
            Key("tls", reason, "Why the API is served without TLS."),
            Key("tls_min_version", reason, "Why a TLS version before 1.3 is spoken."),
            Key("wildcard_cors", reason, "Why browsers on every origin may call."),
            Key("weak_secrets", reason, "Why secrets that can be guessed are used."),
            Key("mfa", reason, "Why administrators log in without a second factor."),
            Key("encryption", reason, "Why reports are not encrypted."),
            Key("signing", reason, "Why reports are not signed."),
            Key("enforcement", reason, "Why a violation blocks nothing."),
            Key("audit", reason, "Why no audit log is kept."),
            Key("two_person", reason, "Why one person alone may remove from the audit log."));
    }
}
