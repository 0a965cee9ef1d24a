namespace Tars.TestKit.Timestamps;

/// <summary>A timestamp authority with keys and certificates of its own; openssl's <c>ts</c> makes its answers.</summary>
public sealed class OpenSslAuthority : IDisposable
{
    /// <summary>The policy that it applies unless it is asked for another.</summary>
    public const string Policy = "1.2.3.4";

    /// <summary>The other policy that it applies when asked.</summary>
    public const string OtherPolicy = "1.2.3.5";

    private const string Configuration = """
        [tsa]
        serial = serial
        signer_digest = sha256
        default_policy = 1.2.3.4
        other_policies = 1.2.3.5
        digests = sha256
        ess_cert_id_alg = sha256
        [v3]
        extendedKeyUsage = critical,timeStamping
        [ca]
        basicConstraints = critical,CA:TRUE
        [authority]
        default_ca = issue
        [issue]
        database = index.txt
        new_certs_dir = .
        serial = ca-serial
        default_md = sha256
        policy = any
        rand_serial = yes
        unique_subject = no
        [any]
        commonName = supplied
        [req]
        distinguished_name = name
        [name]
        """;

    private readonly TemporaryDirectory _folder = new();

    private OpenSslAuthority()
    {
    }

    /// <summary>The file of its root certificate, PEM.</summary>
    public string RootFile => _folder.Combine("root.pem");

    /// <summary>Makes keys and certificates.</summary>
    /// <param name="expired">Whether the certificate that stamps ended long before now.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<OpenSslAuthority> CreateAsync(bool expired = false, CancellationToken cancellationToken = default)
    {
        OpenSslAuthority made = new();
        made._folder.WriteText("openssl.cnf", Configuration);
        made._folder.WriteText("serial", "01\n");
        made._folder.WriteText("index.txt", string.Empty);
        string end = expired ? "20200601000000Z" : "20491231000000Z";
        foreach (string arguments in (string[])
        [
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out root.key",
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out tsa.key",
            "req -new -key root.key -subj /CN=root -config openssl.cnf -out root.csr",
            "ca -batch -notext -config openssl.cnf -name issue -selfsign -keyfile root.key -extensions ca -startdate 20200101000000Z -enddate 20491231000000Z -in root.csr -out root.pem",
            "req -new -key tsa.key -subj /CN=authority -config openssl.cnf -out tsa.csr",
            $"ca -batch -notext -config openssl.cnf -name issue -cert root.pem -keyfile root.key -extensions v3 -startdate 20200101000000Z -enddate {end} -in tsa.csr -out tsa.pem",
        ])
        {
            await made.OpenSslAsync(arguments, cancellationToken);
        }

        return made;
    }

    /// <summary>The answer to a request in DER: a timestamp, or a rejection.</summary>
    public async Task<byte[]> AnswerAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default)
    {
        await File.WriteAllBytesAsync(_folder.Combine("request.tsq"), request.ToArray(), cancellationToken);
        File.Delete(_folder.Combine("answer.tsr"));
        const string Reply = "ts -reply -config openssl.cnf -section tsa -queryfile request.tsq -inkey tsa.key -signer tsa.pem -out answer.tsr";
        _ = await RunAsync(Reply, cancellationToken); // a rejection is an answer too, and ends with 1
        return await File.ReadAllBytesAsync(_folder.Combine("answer.tsr"), cancellationToken);
    }

    /// <summary>Removes keys and certificates.</summary>
    public void Dispose() => _folder.Dispose();

    private async Task OpenSslAsync(string arguments, CancellationToken cancellationToken)
    {
        CommandResult result = await RunAsync(arguments, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"openssl {arguments}: {result.Error}");
        }
    }

    private Task<CommandResult> RunAsync(string arguments, CancellationToken cancellationToken) =>
        new CommandLine(Executables.Require("openssl"), arguments.Split(' ')) { WorkingDirectory = _folder.Path }.RunAsync(cancellationToken);
}
