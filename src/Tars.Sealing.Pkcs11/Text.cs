namespace Tars.Sealing.Pkcs11;

/// <summary>Texts that a module or token gave, fit for a message.</summary>
internal static class Text
{
    /// <summary>Without control characters, and not longer than a line.</summary>
    internal static string OneLine(string? text)
    {
        string shown = new([.. (text ?? string.Empty).Select(c => char.IsControl(c) ? ' ' : c)]);
        return shown.Length <= 200 ? shown.Trim() : shown[..200].Trim() + "…";
    }
}
