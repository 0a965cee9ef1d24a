using System.CommandLine;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Keys;

/// <summary>Arguments that several verbs of <c>tars keys</c> have.</summary>
internal static class KeysArguments
{
    public static Option<string?> NewPassphraseFile { get; } = CommonOptions.Text("--new-passphrase-file", "FILE", "Holds the passphrase that protects the result, where it is another one");

    public static Argument<string> Key() => new("KEY") { Description = "A key id, its first eight digits or more, or a fingerprint" };
}
