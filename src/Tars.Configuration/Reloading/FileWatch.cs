using System.Security.Cryptography;
using Tars.Configuration.Layers;

namespace Tars.Configuration.Reloading;

/// <summary>
/// Watches the files a search would read, those that are not there yet included. The platform's notices come at once where they work; every
/// poll looks itself, for network folders and replaced links, where they do not. A change counts by content, and once it is the same in two
/// looks, so that a file that is being written is not read half.
/// </summary>
public sealed class FileWatch : IDisposable
{
    /// <summary>How often files are looked at without a notice.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a file must stay the same after a change.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly SettingsSearch _search;
    private readonly Action _changed;
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly ITimer _timer;
    private string _known;
    private string _last;
    private bool _isDisposed;

    /// <summary>Starts watching; what is there now is known.</summary>
    /// <param name="search">The search whose files are watched.</param>
    /// <param name="time">The clock of polls.</param>
    /// <param name="changed">Is called after a change. Must not throw.</param>
    public FileWatch(SettingsSearch search, TimeProvider time, Action changed)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(changed);
        (_search, _changed) = (search, changed);
        _known = _last = Fingerprint();
        _timer = time.CreateTimer(_ => Look(), null, PollInterval, Timeout.InfiniteTimeSpan);
        if (search.Files == SettingsFiles.OnDisk)
        {
            foreach (string folder in FileSearch.Watched(search).Select(path => Path.GetDirectoryName(path)!).Distinct().Where(Directory.Exists))
            {
                Listen(folder);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
        foreach (FileSystemWatcher watcher in _watchers)
        {
            watcher.Dispose();
        }
    }

    private void Listen(string folder)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder);
            watcher.Changed += Noticed;
            watcher.Created += Noticed;
            watcher.Deleted += Noticed;
            watcher.Renamed += Noticed;
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
        catch (IOException)
        {
            // No watch is left on this machine, or the folder went away: polls remain.
            watcher?.Dispose();
        }
    }

    private void Noticed(object sender, FileSystemEventArgs change)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _timer.Change(Calm, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Look()
    {
        string now = Fingerprint();
        bool isChanged;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            isChanged = now != _known && now == _last;
            _timer.Change(now == _last ? PollInterval : Calm, Timeout.InfiniteTimeSpan);
            _last = now;
            _known = isChanged ? now : _known;
        }

        if (isChanged)
        {
            _changed();
        }
    }

    private string Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in FileSearch.Watched(_search))
        {
            byte[] content;
            try
            {
                content = _search.Files.Exists(path) ? SHA256.HashData(_search.Files.Read(path, Documents.SettingsDocument.SizeLimit + 1)) : [0];
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                content = [1];
            }

            hash.AppendData(content);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
