namespace Tars.TestKit.SecretServers;

/// <summary>The faults to come, in order. A fault that is bound to a path waits for a request to that path and lets others pass.</summary>
public sealed class PendingFaults
{
    private readonly Lock _gate = new();
    private readonly List<(Fault Fault, string PathPart, string Method, string QueryPart)> _waiting = [];

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

    /// <summary>
    /// The next <paramref name="count"/> requests whose decoded path contains <paramref name="pathPart"/>, whose method is <paramref name="method"/> and whose query as sent
    /// contains <paramref name="queryPart"/> (any, when empty) meet this fault.
    /// </summary>
    public void Next(Fault fault, int count = 1, string pathPart = "", string method = "", string queryPart = "")
    {
        lock (_gate)
        {
            _waiting.AddRange(Enumerable.Repeat((fault, pathPart, method, queryPart), count));
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

    internal Fault? Take(string path, string method, string query) => Take(path, method, query, fault => fault is not Fault.CutUpload);

    /// <summary>The faults that happen before the body is read.</summary>
    internal Fault.CutUpload? TakeEarly(string path, string method, string query) => (Fault.CutUpload?)Take(path, method, query, fault => fault is Fault.CutUpload);

    private Fault? Take(string path, string method, string query, Predicate<Fault> takes)
    {
        lock (_gate)
        {
            int index = _waiting.FindIndex(waiting => takes(waiting.Fault)
                && path.Contains(waiting.PathPart, StringComparison.Ordinal) && query.Contains(waiting.QueryPart, StringComparison.Ordinal)
                && (waiting.Method.Length == 0 || waiting.Method == method));
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
