using System.Runtime.InteropServices;

namespace Tars.Configuration.Reloading;

/// <summary>Asks for a reload on SIGHUP, as daemons do; without effect where the platform has no such signal.</summary>
public sealed class SignalWatch : IDisposable
{
    private readonly PosixSignalRegistration? _registration;

    /// <summary>Registers for the signal; the process no longer ends by it.</summary>
    /// <param name="received">Is called for each signal. Must not throw.</param>
    public SignalWatch(Action received)
    {
        ArgumentNullException.ThrowIfNull(received);
        _registration = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            received();
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _registration?.Dispose();
}
