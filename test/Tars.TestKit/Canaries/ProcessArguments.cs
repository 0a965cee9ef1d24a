namespace Tars.TestKit.Canaries;

/// <summary>The command lines of the machine's processes, collected while something runs. Empty where there is no <c>/proc</c>.</summary>
internal sealed class ProcessArguments
{
    private readonly Dictionary<string, byte[]> _seen = new(StringComparer.Ordinal);

    /// <summary>Every command line seen, each once.</summary>
    public IEnumerable<byte[]> Seen => _seen.Values;

    /// <summary>Adds the command lines of the processes that run now.</summary>
    public void Sample()
    {
        foreach (string process in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (!char.IsAsciiDigit(Path.GetFileName(process)[0]))
            {
                continue;
            }

            try
            {
                byte[] line = File.ReadAllBytes(Path.Combine(process, "cmdline"));
                _seen.TryAdd(Convert.ToHexString(line), line);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is not ours.
            }
        }
    }
}
