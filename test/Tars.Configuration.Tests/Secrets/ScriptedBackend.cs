using System.Collections.Concurrent;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Tests.Secrets;

/// <summary>Answers as the test says, and counts.</summary>
internal sealed class ScriptedBackend(string name, Func<string, SecretAnswer> answer) : ISecretBackend, IDisposable
{
    private int _questions;

    public string Name => name;

    public Func<string, SecretAnswer> Answer { get; set; } = answer;

    /// <summary>When set, questions wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Questions => _questions;

    public bool IsDisposed { get; private set; }

    /// <summary>The secrets given away, so that a test can see them zeroed.</summary>
    public ConcurrentQueue<Secret> Given { get; } = [];

    public async Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _questions);
        await Gate.WaitAsync(cancellationToken);
        SecretAnswer answer = Answer(name);
        if (answer is SecretAnswer.Found found)
        {
            Given.Enqueue(found.Value);
        }

        return answer;
    }

    public void Dispose() => IsDisposed = true;

    public static SecretAnswer Found(string value, TimeSpan? lifetime = null) => SecretAnswer.Found.Of(value, "there", lifetime);

    public static SecretAnswer Absent() => new SecretAnswer.Absent("there");

    public static SecretAnswer Refused() => new SecretAnswer.Refused("there", "no permission");

    public static SecretAnswer Unreachable() => new SecretAnswer.Unreachable("there", "no connection");

    public static bool IsZeroed(Secret secret)
    {
        try
        {
            return secret.Length < 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
