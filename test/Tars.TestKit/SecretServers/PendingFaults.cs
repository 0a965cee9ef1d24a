namespace Tars.TestKit.SecretServers;

/// <summary>The faults to come, in order. A fault that is bound to a path waits for a request to that path and lets others pass.</summary>
public sealed class PendingFaults
{
    private readonly Lock _gate = new();
    private readonly List<(Fault Fault, string PathPart)> _waiting = [];

    /// <summary>How many faults have not happened yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>The next <paramref name="count"/> requests whose decoded path contains <paramref name="pathPart"/> (any, when empty) meet this fault.</summary>
    public void Next(Fault fault, int count = 1, string pathPart = "")
    {
        lock (_gate)
        {
            _waiting.AddRange(Enumerable.Repeat((fault, pathPart), count));
        }
    }

    /// <summary>Forgets the faults that have not happened.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _waiting.Clear();
        }
    }

    internal Fault? Take(string path)
    {
        lock (_gate)
        {
            int index = _waiting.FindIndex(waiting => path.Contains(waiting.PathPart, StringComparison.Ordinal));
            if (index < 0)
            {
                return null;
            }

            Fault fault = _waiting[index].Fault;
            _waiting.RemoveAt(index);
            return fault;
        }
    }
}
