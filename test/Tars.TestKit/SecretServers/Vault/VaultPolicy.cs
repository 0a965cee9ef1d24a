namespace Tars.TestKit.SecretServers.Vault;

/// <summary>What a policy allows on the paths of a pattern.</summary>
/// <param name="Path">A path, relative to the policy's namespace. A last <c>*</c> matches any rest; a segment <c>+</c> matches one segment.</param>
/// <param name="Capabilities"><c>create</c>, <c>read</c>, <c>update</c>, <c>delete</c>, <c>list</c> or <c>deny</c>.</param>
public sealed record VaultRule(string Path, params string[] Capabilities);

/// <summary>Access by path: deny by default, and the most specific pattern alone decides (concepts, "Policies").</summary>
internal static class VaultPolicy
{
    // What a new Vault puts in the policy `default`, as far as this server has the paths.
    internal static readonly IReadOnlyList<VaultRule> Default =
    [
        new("auth/token/lookup-self", "read"),
        new("auth/token/renew-self", "update"),
        new("auth/token/revoke-self", "update"),
        new("sys/leases/renew", "update"),
        new("sys/renew", "update"),
        new("sys/leases/lookup", "update"),
    ];

    internal static bool Allows(IEnumerable<VaultRule> rules, string path, string capability) => Of(rules, path).Contains(capability);

    internal static bool AllowsAnythingUnder(IEnumerable<VaultRule> rules, string mount) =>
        rules.Any(rule => !rule.Capabilities.Contains("deny")
            && (rule.Path.StartsWith(mount, StringComparison.Ordinal) || Matches(rule.Path, mount)
                || (rule.Path.EndsWith('*') && mount.StartsWith(rule.Path[..^1], StringComparison.Ordinal))));

    private static HashSet<string> Of(IEnumerable<VaultRule> rules, string path)
    {
        VaultRule[] matching = [.. rules.Where(rule => Matches(rule.Path, path))];
        if (matching.Length == 0)
        {
            return [];
        }

        string best = matching.Select(rule => rule.Path).OrderDescending(Comparer<string>.Create(Priority)).First();
        HashSet<string> capabilities = [.. matching.Where(rule => rule.Path == best).SelectMany(rule => rule.Capabilities)];
        return capabilities.Contains("deny") ? [] : capabilities;
    }

    // The five rules of the documentation, in their order.
    private static int Priority(string first, string second)
    {
        int order = FirstWildcard(first).CompareTo(FirstWildcard(second));
        order = order != 0 ? order : second.EndsWith('*').CompareTo(first.EndsWith('*'));
        order = order != 0 ? order : Plus(second).CompareTo(Plus(first));
        order = order != 0 ? order : first.Length.CompareTo(second.Length);
        return order != 0 ? order : string.CompareOrdinal(first, second);
    }

    private static int FirstWildcard(string pattern) => pattern.IndexOfAny(['+', '*']) is >= 0 and int at ? at : int.MaxValue;

    private static int Plus(string pattern) => pattern.Split('/').Count(segment => segment == "+");

    private static bool Matches(string pattern, string path)
    {
        bool open = pattern.EndsWith('*');
        string[] wanted = (open ? pattern[..^1] : pattern).Split('/');
        string[] given = path.Split('/');
        if (open ? given.Length < wanted.Length : given.Length != wanted.Length)
        {
            return false;
        }

        for (int index = 0; index < wanted.Length; index++)
        {
            bool last = open && index == wanted.Length - 1;
            bool fits = wanted[index] == "+" || (last ? given[index].StartsWith(wanted[index], StringComparison.Ordinal) : given[index] == wanted[index]);
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }
}
