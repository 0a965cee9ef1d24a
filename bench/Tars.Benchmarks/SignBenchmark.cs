using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;

namespace Tars.Benchmarks;

/// <summary>
/// Signatures with the keys of a ring, on one core: RSA-4096 beside <c>openssl speed rsa4096</c>, and P-256 beside <c>openssl speed ecdsap256</c>, both by
/// processor time, turn by turn; and the time of one signature.
/// </summary>
internal static class SignBenchmark
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        string folder = Directory.CreateTempSubdirectory("tars-bench-").FullName;
        try
        {
            KeyRing ring = new(Path.Combine(folder, "keys"), TimeProvider.System);
            ring.Create();
            ring.CreateSigning(passphrase: null);
            using SigningPair pair = ring.OpenSigning(null);
            byte[] digest = SHA256.HashData("bench"u8);
            foreach (ISigner signer in pair.Keys)
            {
                string algorithm = signer.PublicKey.Algorithm == SignatureAlgorithm.RsaPssSha256 ? "rsa4096" : "ecdsap256";
                List<double> ratios = [];
                Rate(signer, digest);
                for (int run = 0; run < arguments.Runs; run++)
                {
                    double openssl = OpensslRate(algorithm);
                    double own = Rate(signer, digest);
                    ratios.Add(own / openssl);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sign     {algorithm,-9} {own,8:0} a second, openssl speed {openssl:0} (both by processor time): {own / openssl:0.000}"));
                }

                ratios.Sort();
                string limit = algorithm == "rsa4096" ? "; wanted: at least 0.950" : string.Empty;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"sign     {algorithm,-9} {ratios[ratios.Count / 2]:0.000} of openssl's speed (median of {ratios.Count}; {ratios[0]:0.000} to {ratios[^1]:0.000}){limit}"));
                Timings one = await Timings.MeasureAsync(arguments.Runs * 20, () => Task.FromResult(signer.SignDigest(digest)));
                Console.WriteLine($"sign     {algorithm,-9} one signature {one}; wanted: under 0.020 s");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Signatures per second of processor time, over two seconds.</summary>
    private static double Rate(ISigner signer, byte[] digest)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        TimeSpan took;
        int made = 0;
        do
        {
            for (int i = 0; i < 20; i++, made++)
            {
                signer.SignDigest(digest);
            }

            took = Environment.CpuUsage.TotalTime - before;
        }
        while (took < TimeSpan.FromSeconds(2));
        return made / took.TotalSeconds;
    }

    private static double OpensslRate(string algorithm)
    {
        using Process process = Process.Start(new ProcessStartInfo("openssl", ["speed", "-seconds", "2", "-mr", algorithm]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = errors.GetAwaiter().GetResult();

        // +F2:… and +F4:…: number, bits, then signatures and verifications a second (openssl 3); older versions write seconds for each.
        string[] fields = output.Split('\n').Last(line => line.StartsWith("+F2:", StringComparison.Ordinal) || line.StartsWith("+F4:", StringComparison.Ordinal)).Split(':');
        double figure = double.Parse(fields[3], CultureInfo.InvariantCulture);
        return figure < 1 ? 1 / figure : figure;
    }
}
