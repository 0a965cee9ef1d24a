using System.Globalization;
using System.Text;
using Tars.Application.Settings;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Discovery;

/// <summary>Where and when discovery looked.</summary>
/// <param name="Url">The backend's address.</param>
/// <param name="Window">The window whose series were seen.</param>
/// <param name="HasFurtherSettings">Whether reaching the backend took authentication, headers, certificates or a proxy, which the file does not repeat.</param>
public sealed record DiscoverySource(Uri Url, TimeWindow Window, bool HasFurtherSettings)
{
    /// <summary>A configured backend as a source.</summary>
    public static DiscoverySource Of(BackendSettings backend, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(backend);
        bool further = backend.Authentication is not BackendAuthentication.None || backend.Url.UserInfo.Length > 0 || backend.Headers.Count > 0
            || backend.CertificateAuthorityFile is not null || backend.ClientCertificateFile is not null || backend.Proxy is not null;
        return new DiscoverySource(backend.Url, window, further);
    }
}

/// <summary>Writes what was found as a commented configuration that loads as it stands.</summary>
public static class DiscoveryYaml
{
    private const int Width = 120;
    private const int MostNames = 8;

    /// <summary>Returns the text of a <c>tars.yaml</c>; user information in the backend's address is left out.</summary>
    public static string Of(DiscoveryResult result, DiscoverySource source)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(source);
        StringBuilder text = new();
        Header(text, source);
        if (result.RegionLabel is { } region)
        {
            string[] seen = [.. result.Services.Where(service => service.RegionLabel == region).SelectMany(service => service.Regions).Distinct().Order(StringComparer.Ordinal)];
            text.Append("regions:\n");
            Comment(text, "  ", $"seen: {Listed(seen)}");
            text.Append(CultureInfo.InvariantCulture, $"  label: {region}\n\n");
        }

        Section(text, "services", result, ServiceKind.Service);
        Section(text, "infrastructure", result, ServiceKind.Infrastructure);
        Objectives(text, result);
        Remainder(text, result);
        return text.ToString();
    }

    private static void Header(StringBuilder text, DiscoverySource source)
    {
        string url = new UriBuilder(source.Url) { UserName = string.Empty, Password = string.Empty }.Uri.AbsoluteUri.TrimEnd('/');
        Comment(text, string.Empty, $"Written by tars discover from what {url} had between {Instants.Format(source.Window.From)} and {Instants.Format(source.Window.To)}.");
        Comment(text, string.Empty, "Each selector here, those of the presets too, matched at least one series then. What was not recognised stands at the end.");
        text.Append(CultureInfo.InvariantCulture, $"observability:\n  prometheus_url: {IndicatorYaml.Quote(url)}\n");
        if (source.HasFurtherSettings)
        {
            Comment(text, "  ", "The authentication, headers, certificates or proxy that discovery was given are not repeated here: add them before the first run.");
        }

        text.Append('\n');
    }

    private static void Section(StringBuilder text, string key, DiscoveryResult result, ServiceKind kind)
    {
        DiscoveredService[] services = [.. result.Services.Where(service => service.Kind == kind)];
        if (services.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{key}:\n");
        foreach (DiscoveredService service in services)
        {
            Service(text, service, result.RegionLabel);
        }

        text.Append('\n');
    }

    private static void Service(StringBuilder text, DiscoveredService service, string? regionLabel)
    {
        Comment(text, "  ", string.Join(", ", service.Indicators.Select(indicator => string.Create(
            CultureInfo.InvariantCulture, $"{indicator.Definition.Name} ({indicator.SeriesCount} series)"))));
        text.Append(CultureInfo.InvariantCulture, $"  - name: {IndicatorYaml.Quote(service.Name)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    labels: {{ {string.Join(", ", service.Labels.Select(label => $"{label.Key}: {IndicatorYaml.Quote(label.Value)}"))} }}\n");
        if (service.RegionLabel is not null && service.RegionLabel != regionLabel)
        {
            text.Append(CultureInfo.InvariantCulture, $"    region_label: {service.RegionLabel}\n");
        }

        if (service.Presets.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"    preset: [{string.Join(", ", service.Presets)}]\n");
        }

        if (service.OwnIndicators.Any())
        {
            text.Append("    indicators:\n");
            foreach (RecognisedIndicator indicator in service.OwnIndicators)
            {
                text.Append(CultureInfo.InvariantCulture, $"      {indicator.Definition.Name}: {IndicatorYaml.Of(indicator.Definition)}\n");
            }
        }
    }

    /// <summary>A promise is somebody's decision, so it is only shown how one is written.</summary>
    private static void Objectives(StringBuilder text, DiscoveryResult result)
    {
        string[] lines =
        [
            .. result.Services.Where(service => service.Kind == ServiceKind.Service).SelectMany(service => service.Indicators.Select(indicator => indicator.Definition switch
            {
                IndicatorDefinition.Ratio { Name: IndicatorNames.Availability } => $"  - {{ service: {service.Name}, indicator: availability, target: 99.9%, window: 30d }}",
                IndicatorDefinition.Latency latency => $"  - {{ service: {service.Name}, indicator: {latency.Name}, threshold: 500ms, target: 99%, window: 30d }}",
                _ => string.Empty,
            })).Where(line => line.Length > 0),
        ];
        if (lines.Length > 0)
        {
            text.Append("# What is promised nobody can discover: set targets and thresholds of your own and uncomment.\n# objectives:\n");
            text.AppendJoin(string.Empty, lines.Select(line => $"# {line}\n")).Append('\n');
        }
    }

    private static void Remainder(StringBuilder text, DiscoveryResult result)
    {
        if (result.Missed.Count > 0)
        {
            text.Append("# There in part, and so not used:\n");
            foreach (MissedIndicator missed in result.Missed)
            {
                Comment(text, string.Empty, $"  {missed.Target}: {missed.Indicator} of preset {missed.Preset}: {missed.Reason}");
            }

            text.Append('\n');
        }

        if (result.NotUsed.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"# Not used, {result.NotUsed.Sum(group => group.Families.Count)} metric families by the first word of their names:\n");
            foreach (FamilyGroup group in result.NotUsed)
            {
                Comment(text, string.Empty, string.Create(CultureInfo.InvariantCulture, $"  {group.Prefix} ({group.Families.Count}): {Listed(group.Families)}"));
            }

            text.Append('\n');
        }

        foreach (string note in result.Notes)
        {
            Comment(text, string.Empty, note);
        }

        while (text.Length > 1 && text[^1] == '\n' && text[^2] == '\n')
        {
            text.Length--;
        }
    }

    private static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - MostNames} more") : string.Empty);

    /// <summary>A comment, wrapped between words; a name that holds a line break cannot end it.</summary>
    private static void Comment(StringBuilder text, string indent, string comment)
    {
        string plain = new([.. comment.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)]);
        string further = plain.StartsWith("  ", StringComparison.Ordinal) ? "    " : string.Empty;
        StringBuilder line = new();
        foreach (string word in plain.TrimEnd().Split(' '))
        {
            if (line.Length > 0 && indent.Length + 2 + line.Length + 1 + word.Length > Width && !string.IsNullOrWhiteSpace(line.ToString()))
            {
                text.Append(indent).Append("# ").Append(line.ToString().TrimEnd()).Append('\n');
                line.Clear().Append(further).Append(word);
            }
            else
            {
                line.Append(line.Length > 0 || word.Length == 0 ? " " : string.Empty).Append(word);
            }
        }

        text.Append(indent).Append("# ").Append(line.ToString().TrimEnd()).Append('\n');
    }
}
