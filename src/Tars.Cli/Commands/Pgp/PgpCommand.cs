using System.CommandLine;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Pgp;

/// <summary><c>tars pgp</c>: files for people who use OpenPGP. No gpg program is needed.</summary>
internal static class PgpCommand
{
    public static Command Create()
    {
        TarsCommand pgp = new(
            "pgp",
            "OpenPGP: encrypts, decrypts, signs and verifies files with other people's keys, as gpg does",
            "tars pgp encrypt report.pdf --to auditor@example.com --keyring auditors.asc",
            "tars pgp verify report.pdf --keyring auditors.asc");
        pgp.Subcommands.Add(PgpEncryptCommand.Create());
        pgp.Subcommands.Add(PgpDecryptCommand.Create());
        pgp.Subcommands.Add(PgpSignCommand.Create());
        pgp.Subcommands.Add(PgpVerifyCommand.Create());
        pgp.Subcommands.Add(PgpListCommand.Create());
        pgp.Subcommands.Add(PgpImportCommand.Create());
        return pgp;
    }
}
