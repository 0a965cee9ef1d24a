using Tars.TestKit.SecretServers;

namespace Tars.Configuration.Tests.Secrets;

/// <summary>Answers that no client may take for a secret, by name.</summary>
internal static class ServerFaults
{
    public static Fault Of(string name) => name switch
    {
        "server error" => new Fault.ServerError(500),
        "unavailable" => new Fault.ServerError(503),
        "throttled" => new Fault.Throttle(),
        "throttled for an hour" => new Fault.Throttle(TimeSpan.FromHours(1)),
        "dropped" => new Fault.Drop(),
        "malformed" => new Fault.Malformed(),
        "truncated" => new Fault.Truncate(),
        "huge" => new Fault.Huge(64L << 20),
        "web page" => new Fault.WrongContent(),
        "empty" => new Fault.EmptyBody(),
        "redirect" => new Fault.Redirect(new Uri("http://127.0.0.1:1/")),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    public static IReadOnlyList<string> Names { get; } =
        ["server error", "unavailable", "throttled", "throttled for an hour", "dropped", "malformed", "truncated", "huge", "web page", "empty", "redirect"];

    public static TheoryData<string> All => new(Names);
}
