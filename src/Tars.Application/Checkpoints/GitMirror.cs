using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Logs;

namespace Tars.Application.Checkpoints;

/// <summary>
/// A branch of a git repository elsewhere that holds copies of a log's checkpoints and epochs, laid out as a log; one branch a log. What the remote holds is
/// fetched and compared before anything is added, and nothing is ever pushed by force. It is the git program of the machine that speaks, with its credentials.
/// </summary>
public sealed class GitMirror
{
    private const string Prefix = "git+";
    private static readonly string[] Schemes = ["file", "ssh", "https"];

    private readonly LogLayout _log;
    private readonly string _remote;
    private readonly string _branch;

    /// <summary>A mirror of a log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="remote">Such as <c>git+ssh://git@example.org/audit.git</c>.</param>
    public GitMirror(LogLayout log, string remote)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentException.ThrowIfNullOrEmpty(remote);
        (_log, _remote) = (log, remote[Prefix.Length..]);
        string origin = LogNotes.Epoch(log, 1)?.Origin ?? string.Empty;
        _branch = $"refs/heads/tars-audit/{Digest(origin)}";
        Folder = Path.Combine(log.Root + ".mirrors", Digest(remote));
    }

    /// <summary>Where the branch is checked out: its files are those of a mirror. Nothing in it is believed before it was fetched anew.</summary>
    public string Folder { get; }

    /// <summary>Whether a mirror's name is that of a git remote.</summary>
    public static bool IsRemote(string mirror)
    {
        ArgumentNullException.ThrowIfNull(mirror);
        return mirror.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>What is wrong with a mirror's name; null when nothing is.</summary>
    public static string? Refusal(string mirror) => !IsRemote(mirror) ? null
        : !Uri.TryCreate(mirror[Prefix.Length..], UriKind.Absolute, out Uri? address) || !Schemes.Contains(address.Scheme) ? $"'{Shown(mirror)}' is no git remote; write git+file:///…, git+ssh://… or git+https://…"
        : address.UserInfo.Contains(':', StringComparison.Ordinal) ? $"'{Shown(mirror)}' holds a password; git's credential helper keeps it"
        : null;

    /// <summary>A mirror's name without a password.</summary>
    public static string Shown(string mirror)
    {
        ArgumentNullException.ThrowIfNull(mirror);
        int scheme = mirror.IndexOf("://", StringComparison.Ordinal);
        int at = scheme < 0 ? -1 : mirror.IndexOf('@', scheme);
        int colon = at < 0 ? -1 : mirror.IndexOf(':', scheme + 3);
        return colon >= 0 && colon < at ? string.Concat(mirror.AsSpan(0, colon), mirror.AsSpan(at)) : mirror;
    }

    /// <summary>Fetches what the remote holds; <see cref="Folder"/> is as it says afterwards, and empty when it holds nothing.</summary>
    /// <exception cref="IOException">It cannot be reached, or git cannot be run.</exception>
    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        await GitAsync(cancellationToken, "init", "--quiet").ConfigureAwait(false);
        string there = await GitAsync(cancellationToken, "ls-remote", "--", _remote, _branch).ConfigureAwait(false);
        foreach (string entry in Directory.EnumerateFileSystemEntries(Folder).Where(entry => Path.GetFileName(entry) != ".git").ToList())
        {
            if (Directory.Exists(entry))
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }

        await GitAsync(cancellationToken, "update-ref", "-d", "HEAD").ConfigureAwait(false);
        if (there.Trim().Length > 0)
        {
            await GitAsync(cancellationToken, "fetch", "--quiet", "--no-tags", "--", _remote, _branch).ConfigureAwait(false);
            await GitAsync(cancellationToken, "reset", "--quiet", "--hard", "FETCH_HEAD").ConfigureAwait(false);
        }
    }

    /// <summary>Adds the newest checkpoint, where the log continues what the remote holds.</summary>
    /// <exception cref="NotProvenException">The log does not continue what it holds.</exception>
    /// <exception cref="IOException">It cannot be reached, refuses, or git cannot be run.</exception>
    public async Task SendAsync(SignedNote note, CancellationToken cancellationToken)
    {
        using FileStream held = Hold();
        await FetchAsync(cancellationToken).ConfigureAwait(false);
        CheckpointMirror.Copy(_log, note, Folder);
        await GitAsync(cancellationToken, "add", "--all", "--force", "--", ".").ConfigureAwait(false);
        string changes = await GitAsync(cancellationToken, "status", "--porcelain").ConfigureAwait(false);
        if (changes.Trim().Length > 0)
        {
            await GitAsync(cancellationToken, "commit", "--quiet", "--no-verify", "--message", "checkpoint").ConfigureAwait(false);
            await GitAsync(cancellationToken, "push", "--quiet", "--", _remote, $"HEAD:{_branch}").ConfigureAwait(false);
        }
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    /// <summary>One process at a time works in the folder; whoever comes second leaves its checkpoint to the next one.</summary>
    private FileStream Hold()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Folder)!);
        try
        {
            return new FileStream(Folder + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new IOException($"{Shown(Prefix + _remote)}: another process is sending to it ({exception.Message})", exception);
        }
    }

    private async Task<string> GitAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        ProcessStartInfo start = new("git", [
            "-C", Folder, "-c", "user.name=tars", "-c", "user.email=tars@localhost", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0",
            "-c", "core.autocrlf=false", "-c", "protocol.ext.allow=never", .. arguments])
        { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string variable in start.Environment.Keys.Where(name => name is "GIT_DIR" or "GIT_WORK_TREE" or "GIT_INDEX_FILE").ToList())
        {
            start.Environment.Remove(variable);
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_SSH_COMMAND"] = Environment.GetEnvironmentVariable("GIT_SSH_COMMAND") ?? "ssh -o BatchMode=yes";
        using Process git = Started(start);
        try
        {
            git.StandardInput.Close();
            Task<string> output = git.StandardOutput.ReadToEndAsync(cancellationToken);
            string error = await git.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await git.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return git.ExitCode == 0
                ? await output.ConfigureAwait(false)
                : throw new IOException($"{Shown(Prefix + _remote)}: git {arguments[0]} ended with {git.ExitCode}: {error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()?.Trim()}");
        }
        catch (OperationCanceledException)
        {
            git.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new IOException($"the git program cannot be run: {exception.Message}", exception);
        }
    }
}
