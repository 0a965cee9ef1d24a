using System.Diagnostics.Metrics;

namespace Tars.Application.Sealing;

/// <summary>Counts what is signed, encrypted and decrypted. A server that serves metrics listens; nobody else does, and then nothing is counted.</summary>
public static class SealingMeter
{
    private static readonly Meter Sealing = new("Tars.Sealing");

    /// <summary>The count, with the tags <c>operation</c> (sign, encrypt, decrypt, verify) and <c>algorithm</c>, in this order.</summary>
    public static Counter<long> Operations { get; } = Sealing.CreateCounter<long>("tars.encryption.operations", null, "Signings, encryptions, decryptions and verifications.");

    /// <summary>Counts one.</summary>
    /// <param name="operation">What was done.</param>
    /// <param name="algorithm">With what.</param>
    internal static void Count(string operation, string algorithm) => Operations.Add(1, new("operation", operation), new("algorithm", algorithm));
}
