using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>What a login came to: settings for a token, or a refusal.</summary>
internal abstract record LoginOutcome
{
    internal sealed record Granted(VaultTokenSettings Settings, JsonObject Metadata) : LoginOutcome;

    internal sealed record Refused(int Status, string Error) : LoginOutcome;
}

/// <summary>An auth method with an unauthenticated <c>login</c> endpoint.</summary>
public abstract class LoginMount
{
    private protected LoginMount(Lock gate, TimeProvider time)
    {
        Gate = gate;
        Time = time;
    }

    private protected Lock Gate { get; }

    private protected TimeProvider Time { get; }

    internal abstract LoginOutcome Login(JsonObject body);

    private protected static string Text(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
