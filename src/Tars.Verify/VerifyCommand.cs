using System.Security.Cryptography;
using Tars.Sealing.Keys;
using Tars.Sealing.Streams;
using Tars.Verify.Checks;
using Tars.Verify.Logs;
using Tars.Verify.Reporting;

namespace Tars.Verify;

/// <summary>Arguments in, text out, exit code: 0 verified, 1 negative, 2 usage, 3 cannot read.</summary>
internal static class VerifyCommand
{
    private const int Verified = 0;
    private const int Negative = 1;
    private const int Usage = 2;
    private const int Unreadable = 3;

    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (args is ["--help" or "-h"])
        {
            await output.WriteAsync(VerifyArguments.Help);
            return Verified;
        }

        try
        {
            if (args is [LogCommand.Audit or LogCommand.Proof, .. string[] rest])
            {
                return await LogCommand.RunAsync(args[0], rest, output) ? Verified : Negative;
            }

            VerifyArguments arguments = VerifyArguments.Parse(args);
            Examination examination = new(arguments, Trust.Read(arguments), Trust.ReadAuthorities(arguments));
            IReadOnlyList<Finding> findings = await examination.RunAsync(arguments.Paths);
            await output.WriteAsync(arguments.Json ? JsonReport.Of(findings) : TextReport.Of(findings));
            return findings.All(finding => finding.IsGood) ? Verified : Negative;
        }
        catch (UsageException exception)
        {
            return await FailAsync(error, exception.Message, Usage);
        }
        catch (KeyRingException exception)
        {
            return await FailAsync(error, exception.Message, exception.InnerException is IOException or UnauthorizedAccessException ? Unreadable : Usage);
        }
        catch (Exception exception) when (exception is KeyFormException or CryptographicException)
        {
            return await FailAsync(error, exception.Message, Usage);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SealedFileException)
        {
            return await FailAsync(error, exception.Message, Unreadable);
        }
    }

    private static async Task<int> FailAsync(TextWriter error, string message, int code)
    {
        await error.WriteLineAsync($"tars-verify: error: {message}");
        return code;
    }
}
