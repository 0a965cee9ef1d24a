using System.Globalization;
using System.Text;

namespace Tars.Application.Discovery;

/// <summary>Makes label values into the names a configuration takes: letters, digits, <c>_ . -</c>, at most 100 characters, each once.</summary>
internal static class UniqueNames
{
    private const int Longest = 90;

    /// <summary>The services in their order with unique names; the first of several keeps the plain one.</summary>
    public static DiscoveredService[] Of(IEnumerable<DiscoveredService> services)
    {
        HashSet<string> taken = [];
        return [.. services.Select(service => service with { Name = Take(service, taken) })];
    }

    private static string Take(DiscoveredService service, HashSet<string> taken)
    {
        string name = Plain(service.Name);
        string[] further = [name, .. service.Presets.Take(1).Select(preset => $"{name}-{preset}")];
        return further.FirstOrDefault(taken.Add)
            ?? Enumerable.Range(2, int.MaxValue - 2).Select(i => string.Create(CultureInfo.InvariantCulture, $"{name}-{i}")).First(taken.Add);
    }

    private static string Plain(string text)
    {
        StringBuilder name = new();
        foreach (char c in text.Take(Longest))
        {
            bool isPlain = char.IsAsciiLetterOrDigit(c) || c == '_' || (name.Length > 0 && c is '.' or '-');
            if (isPlain)
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        string plain = name.ToString().TrimEnd('-');
        return plain.Length == 0 ? "service" : plain;
    }
}
