namespace Tars.Application.Settings;

/// <summary>How a run that goes on takes up new credentials, and nothing else, of its metrics backends.</summary>
public static class BackendLogins
{
    /// <summary>
    /// Returns <paramref name="settings"/> with the logins and header values that <paramref name="newer"/> has for the same backends; the same
    /// object when none differs. A backend that has another address in <paramref name="newer"/> keeps its login: what is meant for the new
    /// address is not sent to the old one.
    /// </summary>
    /// <param name="settings">What the run began with.</param>
    /// <param name="newer">The same configuration, loaded later.</param>
    public static TarsSettings WithLoginsOf(this TarsSettings settings, TarsSettings newer)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(newer);
        ObservabilitySettings held = settings.Observability;
        Dictionary<string, BackendSettings> backends = held.Backends.ToDictionary(
            backend => backend.Key, backend => Taken(backend.Value, newer.Observability.Backends.GetValueOrDefault(backend.Key)));
        return backends.All(backend => ReferenceEquals(backend.Value, held.Backends[backend.Key]))
            ? settings
            : settings with { Observability = held with { Backends = backends, Backend = backends[held.Backend.Name] } };
    }

    private static BackendSettings Taken(BackendSettings held, BackendSettings? newer)
    {
        bool isSame = newer is null || newer.Url != held.Url
            || (newer.Authentication == held.Authentication && newer.Headers.Count == held.Headers.Count && !newer.Headers.Except(held.Headers).Any());
        return isSame ? held : held with { Authentication = newer!.Authentication, Headers = newer.Headers };
    }
}
