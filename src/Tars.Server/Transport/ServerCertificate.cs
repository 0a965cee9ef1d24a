using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Tars.Server.Transport;

/// <summary>
/// The certificate that is served, read from its files again when they change. Connections that are open keep the one they began with. Files that cannot be
/// used leave the certificate as it is, and a warning in the log.
/// </summary>
internal sealed partial class ServerCertificate : IDisposable
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private const long SizeLimit = 1 << 20;

    private readonly TransportSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<ServerCertificate> _log;
    private readonly ITimer _timer;
    private string _known;
    private string _last;
    private SslServerAuthenticationOptions _options;

    /// <summary>Reads the files.</summary>
    /// <exception cref="TransportException">They cannot be used.</exception>
    public ServerCertificate(TransportSettings settings, TimeProvider time, ILogger<ServerCertificate> log)
    {
        (_settings, _time, _log) = (settings, time, log);
        (byte[] chain, byte[] key) = ReadFiles();
        _known = _last = Digest(chain, key);
        _options = Load(chain, key);
        _timer = time.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
    }

    /// <summary>What a handshake is made with now.</summary>
    public SslServerAuthenticationOptions Options => Volatile.Read(ref _options);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>Looks at the files. What has changed counts once it is the same in two looks: two files are seldom replaced at once.</summary>
    internal void Look()
    {
        try
        {
            (byte[] chain, byte[] key) = ReadFiles();
            string now = Digest(chain, key);
            bool isCalm = now == _last;
            _last = now;
            if (!isCalm || now == _known)
            {
                CryptographicOperations.ZeroMemory(key);
                return;
            }

            _known = now;
            Volatile.Write(ref _options, Load(chain, key));
            Changed(_log, _settings.Certificate!, Leaf.NotAfter.ToUniversalTime());
        }
        catch (TransportException exception)
        {
            if (_last != exception.Message)
            {
                _last = exception.Message;
                Kept(_log, exception.Message);
            }
        }
    }

    private X509Certificate2 Leaf => Options.ServerCertificateContext!.TargetCertificate;

    private (byte[] Chain, byte[] Key) ReadFiles() => (Read(_settings.Certificate!), Read(_settings.Key!));

    private static byte[] Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Length: > SizeLimit } ? throw new TransportException($"{path}: is longer than 1 MiB, and no certificate and no key is") : File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TransportException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    private static string Digest(byte[] chain, byte[] key) => Convert.ToHexString(SHA256.HashData([.. SHA256.HashData(chain), .. SHA256.HashData(key)]));

    private SslServerAuthenticationOptions Load(byte[] chain, byte[] key)
    {
        char[] keyText = System.Text.Encoding.ASCII.GetChars(key);
        try
        {
            string chainText = System.Text.Encoding.ASCII.GetString(chain);
            X509Certificate2Collection all = [];
            all.ImportFromPem(chainText);
            X509Certificate2 leaf = X509Certificate2.CreateFromPem(chainText, keyText);
            return leaf.NotAfter <= _time.GetUtcNow()
                ? throw new TransportException($"{_settings.Certificate}: the certificate expired at {leaf.NotAfter.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}")
                : new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(leaf, [.. all.Skip(1)], offline: true),
                    EnabledSslProtocols = _settings.Protocols,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                    AllowRenegotiation = false,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                };
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new TransportException($"{_settings.Certificate}, {_settings.Key}: cannot be used as a certificate and its private key in PEM: {exception.Message}", exception);
        }
        finally
        {
            Array.Clear(keyText);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    [LoggerMessage(11, LogLevel.Information, "the certificate of {Path} is served from now on; it is good until {NotAfter:u}")]
    private static partial void Changed(ILogger log, string path, DateTime notAfter);

    [LoggerMessage(12, LogLevel.Warning, "{Reason}; the certificate from before is served on")]
    private static partial void Kept(ILogger log, string reason);
}

/// <summary>The server cannot be reached as it was asked to be.</summary>
public sealed class TransportException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, and where.</param>
    /// <param name="inner">What it comes from; null when there is nothing.</param>
    public TransportException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
