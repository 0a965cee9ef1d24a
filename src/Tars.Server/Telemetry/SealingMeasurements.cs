using System.Diagnostics.Metrics;
using Tars.Application.Sealing;

namespace Tars.Server.Telemetry;

/// <summary>Counts what is signed and encrypted in this process.</summary>
internal sealed class SealingMeasurements : IDisposable
{
    private readonly MeterListener _listener = new();

    /// <summary>Begins to listen.</summary>
    /// <param name="prefix">What names begin with.</param>
    public SealingMeasurements(string prefix)
    {
        Operations = new($"{prefix}_encryption_operations_total", "What this process has signed, encrypted and decrypted, by operation and algorithm.", key => MetricFamily.Labels(("operation", key.Operation), ("algorithm", key.Algorithm)));
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument == SealingMeter.Operations)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => Operations.Add(((string)tags[0].Value!, (string)tags[1].Value!), count));
        _listener.Start();
    }

    /// <summary>The counts.</summary>
    public CounterFamily<(string Operation, string Algorithm)> Operations { get; }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
