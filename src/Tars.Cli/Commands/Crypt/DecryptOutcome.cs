using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;

namespace Tars.Cli.Commands.Crypt;

/// <summary>What decrypting one file came to.</summary>
/// <param name="ExitCode">The file's part in the exit code.</param>
/// <param name="State">One word, for JSON.</param>
/// <param name="Text">One line, for a person.</param>
/// <param name="Hint">What to do, or null.</param>
/// <param name="Details">What JSON says besides.</param>
internal sealed record DecryptOutcome(int ExitCode, string State, string Text, string? Hint, JsonObject Details)
{
    /// <summary>Tells it: good news on standard output, unless that gets the content; bad news on standard error.</summary>
    public void Tell(CommandRun run, CryptJob job, JsonArray done)
    {
        bool good = ExitCode == CommandLine.ExitCode.Ok;
        if (ConfigFormat.IsJson(run))
        {
            JsonObject item = new() { ["input"] = job.Input, ["state"] = State, ["output"] = good ? job.Output : null, ["reason"] = good ? null : Text };
            foreach ((string name, JsonNode? value) in Details)
            {
                item[name] = value?.DeepClone();
            }

            done.Add((JsonNode)item);
        }

        if (!good)
        {
            run.Console.Fail($"{(job.ReadsStandardInput ? "standard input" : job.Input)}: {Text}", Hint);
        }
        else if (job.WritesStandardOutput)
        {
            run.Console.Note(Text);
        }
        else if (!ConfigFormat.IsJson(run))
        {
            run.Console.Say($"{job.Input}: {Text}: {job.Output}");
        }
    }
}
