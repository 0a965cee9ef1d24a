using System.Collections.Frozen;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Server.Access;
using Tars.Server.Routes;

namespace Tars.Server.Limits;

/// <summary>What the section <c>api</c> says about how many requests are answered.</summary>
/// <param name="IsEnabled">Whether requests are limited.</param>
/// <param name="Public">Those of an address without a valid credential.</param>
/// <param name="ReadOnly">Those with a credential in the role readonly.</param>
/// <param name="Sre">Those with one in the role sre.</param>
/// <param name="Admin">Those with one in the role admin.</param>
/// <param name="Login">Logins from an address.</param>
/// <param name="Downloads">Downloads with a credential.</param>
/// <param name="Routes">Routes with a limit of their own, by operation id.</param>
public sealed record RateLimitSettings(
    bool IsEnabled, LimitRule Public, LimitRule ReadOnly, LimitRule Sre, LimitRule Admin, LimitRule Login, LimitRule Downloads, FrozenDictionary<string, LimitRule> Routes)
{
    private const int SreRequests = 60;
    private const int AdminRequests = 100;

    /// <summary>Binds the section.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <exception cref="SettingsException">A route with a limit of its own does not exist.</exception>
    public static RateLimitSettings Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        SettingsSection api = loaded.Section("api");
        SettingsSection limits = api.Section("rate_limits");
        TimeSpan window = TimeSpan.FromSeconds(api.Integer("rate_limit_window"));
        int others = api.Integer("rate_limit_requests");
        int readOnly = Number("readonly", others);
        int sre = Number("sre", Math.Max(SreRequests, readOnly));
        int admin = Number("admin", Math.Max(AdminRequests, sre));
        return new RateLimitSettings(
            api.Flag("rate_limit_enabled"),
            new LimitRule("public", Number("public", others), window),
            new LimitRule("readonly", readOnly, window),
            new LimitRule("sre", sre, window),
            new LimitRule("admin", admin, window),
            new LimitRule("login", api.Integer("rate_limit_login"), window),
            new LimitRule("downloads", limits.Integer("downloads"), window),
            RoutesOf(limits, window));

        int Number(string key, int otherwise) => limits.Has(key) ? limits.Integer(key) : otherwise;
    }

    /// <summary>The rule of a role.</summary>
    internal LimitRule Of(Role role) => role switch
    {
        Role.Admin => Admin,
        Role.Sre => Sre,
        _ => ReadOnly,
    };

    private static FrozenDictionary<string, LimitRule> RoutesOf(SettingsSection limits, TimeSpan window)
    {
        HashSet<string> known = [.. ApiRoutes.All.Select(route => route.OperationId)];
        IReadOnlyList<KeyValuePair<string, string>> routes = limits.TextMap("routes");
        SettingsProblem[] problems = [.. routes.Where(route => !known.Contains(route.Key)).Select(route =>
            limits.Problem("routes", $"{route.Key} is no operation of the API; the OpenAPI document names them, such as {ApiRoutes.GetHealth.OperationId}"))];
        return problems.Length > 0
            ? throw new SettingsException(problems)
            : routes.ToFrozenDictionary(route => route.Key, route => new LimitRule(route.Key, int.Parse(route.Value, System.Globalization.CultureInfo.InvariantCulture), window));
    }
}
