using System.Security.Cryptography.X509Certificates;

namespace Tars.Configuration.Secrets.Http;

/// <summary>How patient and how strict a <see cref="SecretConnection"/> is.</summary>
internal sealed class SecretConnectionOptions
{
    /// <summary>How long one attempt may take.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request may take with all its attempts and pauses.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request that failed in passing is sent again.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>The bound of the first pause between attempts; it doubles each time.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause, and the longest that a <c>Retry-After</c> is waited for.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The most bytes of an answer.</summary>
    public int MaximumBytes { get; set; } = 1 << 20;

    /// <summary>The only certificate authorities that are trusted; null for the system's.</summary>
    public X509Certificate2Collection? Authorities { get; set; }

    /// <summary>Certificates with their keys that this side shows when it is asked for one; null for none.</summary>
    public X509Certificate2Collection? ClientCertificates { get; set; }

    /// <summary>
    /// How many redirects are followed, on the same scheme, host and port only, because credentials go with the request. None by default: a
    /// signature is for one address.
    /// </summary>
    public int Redirects { get; set; }

    /// <summary>The way out that a redirect which is not followed is told with; empty for none.</summary>
    public string RedirectHint { get; set; } = "";

    /// <summary>The way out that a certificate which is not trusted is told with; empty for none.</summary>
    public string TlsHint { get; set; } = "";
}
