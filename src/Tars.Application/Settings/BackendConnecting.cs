using System.Diagnostics;
using Tars.Configuration;
using Tars.Observability.Prometheus;

namespace Tars.Application.Settings;

/// <summary>From settings to a connection.</summary>
public static class BackendConnecting
{
    /// <summary>Returns how to reach <paramref name="backend"/>; secret files are read now.</summary>
    /// <param name="settings">The limits that hold for every backend.</param>
    /// <param name="backend">One of its backends.</param>
    /// <param name="timings">Receives the timing of each query, or null.</param>
    /// <exception cref="SettingsException">A secret's file cannot be read.</exception>
    public static PrometheusOptions ToPrometheusOptions(
        this ObservabilitySettings settings, BackendSettings backend, IProgress<QueryTiming>? timings = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(backend);
        BackendAuthentication.Basic? basic = backend.Authentication as BackendAuthentication.Basic;
        return new PrometheusOptions(backend.Url)
        {
            Username = basic?.Username,
            Password = basic?.Password.Reveal(),
            BearerToken = (backend.Authentication as BackendAuthentication.Bearer)?.Token.Reveal(),
            ClientCertificateFile = backend.ClientCertificateFile,
            ClientKeyFile = backend.ClientKeyFile,
            CertificateAuthorityFile = backend.CertificateAuthorityFile,
            Proxy = backend.Proxy,
            Headers = backend.Headers,
            Timeout = settings.Timeout,
            ConnectTimeout = settings.ConnectTimeout,
            Concurrency = settings.Concurrency,
            Retries = settings.Retries,
            MaxResponseBytes = settings.ResponseLimitBytes,
            MaxPointsPerRequest = settings.PointsLimit,
            Dialect = backend.Dialect switch
            {
                "auto" => PrometheusDialect.Auto,
                "prometheus2" => PrometheusDialect.Prometheus2,
                "prometheus3" => PrometheusDialect.Prometheus3,
                "victoriametrics" => PrometheusDialect.VictoriaMetrics,
                _ => throw new UnreachableException(),
            },
            Method = backend.Method switch
            {
                "auto" => QueryMethod.Auto,
                "get" => QueryMethod.Get,
                "post" => QueryMethod.Post,
                _ => throw new UnreachableException(),
            },
            Timings = timings,
        };
    }
}
