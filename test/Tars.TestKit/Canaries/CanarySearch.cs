namespace Tars.TestKit.Canaries;

/// <summary>A canary that was found where it should not be.</summary>
/// <param name="Canary">Where it was planted.</param>
/// <param name="Form">How it was spelt.</param>
/// <param name="Place">Where it was found, such as <c>standard error</c> or a file.</param>
/// <param name="Offset">The byte it begins at.</param>
public sealed record CanaryHit(string Canary, string Form, string Place, int Offset)
{
    /// <summary>Returns <c>header X-Scope-OrgID: plain in standard error at byte 120</c>.</summary>
    public override string ToString() => $"{Canary}: {Form} in {Place} at byte {Offset}";
}

/// <summary>Looks for canaries in bytes: every piece of each, in every form.</summary>
public sealed class CanarySearch
{
    private readonly (Canary Canary, CanaryForm Form)[] _patterns;

    /// <summary>Creates a search.</summary>
    /// <param name="canaries">What is looked for.</param>
    public CanarySearch(IEnumerable<Canary> canaries)
    {
        _patterns = [.. from canary in canaries from piece in canary.Pieces from form in CanaryForms.Of(piece) select (canary, form)];
    }

    /// <summary>Returns the first hit of each canary and form in <paramref name="content"/>.</summary>
    public IReadOnlyList<CanaryHit> In(string place, ReadOnlySpan<byte> content)
    {
        List<CanaryHit> hits = [];
        foreach ((Canary canary, CanaryForm form) in _patterns)
        {
            int at = content.IndexOf(form.Bytes);
            if (at >= 0 && !hits.Any(hit => hit.Canary == canary.Name && hit.Form == form.Name))
            {
                hits.Add(new CanaryHit(canary.Name, form.Name, place, at));
            }
        }

        return hits;
    }

    /// <summary>Returns the hits in the names and contents of all files below <paramref name="folder"/> but those in <paramref name="planted"/>.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <param name="planted">Full paths of the files that hold canaries because the test put them there.</param>
    public IReadOnlyList<CanaryHit> InFiles(string folder, IReadOnlySet<string> planted)
    {
        List<CanaryHit> hits = [];
        foreach (string path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            string name = Path.GetRelativePath(folder, path);
            hits.AddRange(In($"the name of a file", System.Text.Encoding.UTF8.GetBytes(name)));
            if (!planted.Contains(path))
            {
                hits.AddRange(In($"file {name}", File.ReadAllBytes(path)));
            }
        }

        return hits;
    }
}
