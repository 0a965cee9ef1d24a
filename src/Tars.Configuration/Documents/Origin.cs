using System.Globalization;

namespace Tars.Configuration.Documents;

/// <summary>The kinds of source a value can come from, weakest first: a later one replaces an earlier one.</summary>
public enum LayerKind
{
    /// <summary>The default written in the schema.</summary>
    Default,

    /// <summary>A profile that ships with the product.</summary>
    Profile,

    /// <summary>An entry of a secret backend that reaches its key by name.</summary>
    Secrets,

    /// <summary>A profile file of the user's own, such as <c>config/staging-us-west.yaml</c>.</summary>
    ProfileFile,

    /// <summary>The user's configuration file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>An option of the command line.</summary>
    CommandLine,
}

/// <summary>Where one key or value was written.</summary>
/// <param name="Layer">The kind of source.</param>
/// <param name="Source">The file's name as the user would type it, the profile's name, the place in a secret backend, the variable's name or the option.</param>
/// <param name="Line">Line in the file, from 1; 0 where the source has no lines.</param>
/// <param name="Column">Column in the line in UTF-16 code units, from 1; 0 where the source has no lines.</param>
public sealed record Origin(LayerKind Layer, string Source, int Line, int Column)
{
    /// <summary>The origin of what nobody wrote: the schema's default.</summary>
    public static Origin Default { get; } = new(LayerKind.Default, "default", 0, 0);

    /// <summary>Returns <c>tars.yaml:12:14</c>, <c>profile prod:3:9</c>, <c>TARS_API_PORT</c>, <c>--set</c> or <c>default</c>.</summary>
    public override string ToString()
    {
        string source = Layer == LayerKind.Profile ? "profile " + Source : Source;
        return Line == 0 ? source : string.Create(CultureInfo.InvariantCulture, $"{source}:{Line}:{Column}");
    }
}
