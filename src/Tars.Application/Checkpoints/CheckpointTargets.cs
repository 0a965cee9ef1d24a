namespace Tars.Application.Checkpoints;

/// <summary>A witness that is asked for its cosignature.</summary>
/// <param name="Address">Where it answers.</param>
/// <param name="Name">Its name in cosignatures.</param>
/// <param name="KeyFile">Its public key, PEM.</param>
public sealed record WitnessTarget(Uri Address, string Name, string KeyFile);

/// <summary>Whom the newest checkpoint of a log goes to by itself.</summary>
/// <param name="Mirrors">Folders, and git remotes as <c>git+SCHEME://…</c>.</param>
/// <param name="Witnesses">Who cosigns.</param>
/// <param name="Quorum">How many witnesses must have cosigned at the end of a run; 0 asks for none.</param>
/// <param name="Timeout">How long each is waited for.</param>
/// <param name="Interval">The least time between two sendings of one run.</param>
public sealed record CheckpointTargets(IReadOnlyList<string> Mirrors, IReadOnlyList<WitnessTarget> Witnesses, int Quorum, TimeSpan Timeout, TimeSpan Interval)
{
    /// <summary>Nobody.</summary>
    public static CheckpointTargets None { get; } = new([], [], 0, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    /// <summary>Whether there is nobody.</summary>
    public bool IsEmpty => Mirrors.Count == 0 && Witnesses.Count == 0;
}
