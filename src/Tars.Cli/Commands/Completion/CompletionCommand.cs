using System.CommandLine;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Completion;

/// <summary><c>tars completion SHELL</c>: a script that lets a shell complete commands and options; the script asks <c>tars</c> itself.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # bash: source <(tars completion bash)
            _tars() {
              local IFS=$'\n'
              COMPREPLY=( $(compgen -W "$(tars "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
            }
            complete -o default -F _tars tars
            """,
        ["zsh"] = """
            # zsh: source <(tars completion zsh)
            _tars() {
              local -a found
              found=("${(@f)$(tars "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              compadd -- ${found}
            }
            compdef _tars tars
            """,
        ["fish"] = """
            # fish: tars completion fish | source
            complete -f -c tars -a '(tars "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
            """,
        ["pwsh"] = """
            # PowerShell: tars completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName tars -ScriptBlock {
              param($wordToComplete, $commandAst, $cursorPosition)
              tars "[suggest:$cursorPosition]" "$commandAst" 2>$null | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
              }
            }
            """,
    };

    private static readonly Argument<string?> Shell = new("SHELL") { Description = "bash, zsh, fish or pwsh", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "completion", "Prints a completion script for a shell", [], (run, _) => Task.FromResult(Run(run)), "tars completion bash");
        command.Arguments.Add(Shell);
        return command;
    }

    private static int Run(CommandRun run)
    {
        string? shell = run.Value(Shell);
        run.Console.Say(shell is not null && Scripts.TryGetValue(shell, out string? script) ? script : throw new UsageException(
            shell is null ? "a shell is needed" : $"there is no completion for '{shell}'", "write bash, zsh, fish or pwsh"));
        return ExitCode.Ok;
    }
}
