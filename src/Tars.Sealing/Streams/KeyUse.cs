namespace Tars.Sealing.Streams;

/// <summary>Which sealed files name a key.</summary>
/// <param name="Naming">The files that do, sorted; empty when the key can be retired as far as these files go.</param>
/// <param name="Unclear">The files that begin as sealed files do, and have no header that can be read: it is not known what they name.</param>
/// <param name="Looked">How many sealed files were looked at.</param>
public sealed record KeyUse(IReadOnlyList<string> Naming, IReadOnlyList<RewrapResult.Refused> Unclear, int Looked)
{
    /// <summary>Whether no file names the key and none is unclear.</summary>
    public bool IsFree => Naming.Count == 0 && Unclear.Count == 0;
}
