using System.Collections.Concurrent;
using System.Text;

namespace Tars.Compliance.Audit;

/// <summary>
/// The keys under which persons are sealed in a log: a folder outside it, one file a person, named by HMAC-SHA-256 of the person's name under the
/// folder's own key. A person gets a random id and a random AES-256 key once. Who destroys the file has erased the person from every copy of the
/// log at once, and from every backup of it. Several processes may use one folder.
/// </summary>
/// <remarks>
/// A backup of this folder brings a destroyed key back. So a log that is opened with it first tells it which persons its lines call erased, and
/// those files are destroyed again before anything is served. Keep backups of this folder shorter than those of the log all the same. On media that
/// write elsewhere instead of over what was there, the overwritten bytes may stay until the medium uses them again.
/// </remarks>
public sealed partial class SubjectKeys : IDisposable
{
    private const int CacheLimit = 1 << 16;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SubjectFolder _folder;
    private readonly TimeProvider _time;
    private readonly LogLock _lock;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Subject> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Subject> _byId = new(StringComparer.Ordinal);
    private readonly HashSet<string> _erased = [];
    private DateTime _seen;
    private long _looked;
    private int _interval;

    private SubjectKeys(SubjectFolder folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        _lock = new LogLock(folder.Lock);
        _looked = time.GetTimestamp();
    }

    /// <summary>The folder.</summary>
    public string Folder => _folder.Root;

    /// <summary>Makes an empty folder of subjects, readable by its owner only.</summary>
    /// <param name="folder">Not there, or empty.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="AuditLogException">It is there already, or the disk refuses it.</exception>
    public static SubjectKeys Create(string folder, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(time);
        return new SubjectKeys(SubjectFolder.Create(folder), time) { ErasureLedgerPath = LedgerOf(folder) };
    }

    /// <summary>Opens a folder of subjects.</summary>
    /// <exception cref="AuditLogException">It is none, or others can read it.</exception>
    public static SubjectKeys Open(string folder, TimeProvider time) => Open(folder, time, null);

    /// <summary>The id that stands in the log for a person; null when the person has none, or was erased.</summary>
    /// <param name="name">The name, letter for letter.</param>
    public string? Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Look();
        return _byName.TryGetValue(name, out Subject? cached) ? cached.Id : Load(name)?.Id;
    }

    /// <summary>Seals a person as a line holds it.</summary>
    /// <param name="person">The person, who gets an id and a key when there are none yet.</param>
    /// <exception cref="AuditLogException">The key cannot be read, or made.</exception>
    public SealedPerson Seal(AuditActor.Person person)
    {
        ArgumentNullException.ThrowIfNull(person);
        Span<byte> sealed_ = new byte[Subject.SealedLength(person)];
        Subject subject = Seal(person, sealed_);
        return new SealedPerson(subject.Id, Convert.ToBase64String(sealed_));
    }

    /// <summary>Opens what a line holds of a person.</summary>
    /// <exception cref="AuditLogException">The key's file cannot be read.</exception>
    public RevealedPerson Reveal(SealedPerson person)
    {
        ArgumentNullException.ThrowIfNull(person);
        Look();
        if (!SubjectFolder.IsId(person.Subject))
        {
            return new RevealedPerson.Damaged(person.Subject);
        }

        Subject? subject = _byId.TryGetValue(person.Subject, out Subject? cached) ? cached : LoadById(person.Subject);
        return subject is null ? new RevealedPerson.Erased(person.Subject)
            : subject.Open(person.Sealed) is { } known ? new RevealedPerson.Known(known)
            : new RevealedPerson.Damaged(person.Subject);
    }

    /// <summary>
    /// Destroys a person's key: overwritten, removed, and both flushed to the disk. <see cref="AuditLog.EraseAsync"/> does this and writes it down first.
    /// </summary>
    /// <returns>The id whose sealed lines nobody can open any longer; null when the person had none.</returns>
    /// <exception cref="AuditLogException">The disk refuses it.</exception>
    public string? Erase(string name)
    {
        if (Find(name) is not { } id)
        {
            return null;
        }

        NoteErasure(id);
        Erase([id]);
        return id;
    }

    /// <summary>Zeroes the keys in memory.</summary>
    public void Dispose()
    {
        Forget();
        _folder.Dispose();
        _lock.Dispose();
    }

    /// <summary>Destroys what the folder holds of these ids, and never takes a file with one of them for a key again.</summary>
    internal void Erase(IEnumerable<string> ids)
    {
        lock (_gate)
        {
            _lock.Acquire();
            try
            {
                foreach (string id in ids)
                {
                    _erased.Add(id);
                    _folder.Destroy(id);
                    if (_byId.TryRemove(id, out Subject? subject))
                    {
                        _byName.TryRemove(subject.Name, out _);
                        subject.Dispose();
                    }
                }
            }
            finally
            {
                _lock.Release();
            }

            foreach ((string name, Subject subject) in _byName)
            {
                if (_erased.Contains(subject.Id) && _byName.TryRemove(name, out _))
                {
                    subject.Dispose();
                }
            }
        }
    }

    /// <summary>Seals into room of <see cref="Subject.SealedLength"/>.</summary>
    internal Subject Seal(AuditActor.Person person, Span<byte> target)
    {
        Look();
        while (true)
        {
            Subject subject = _byName.TryGetValue(person.Name, out Subject? cached) ? cached : LoadOrMake(person.Name);
            if (subject.TrySeal(person, Volatile.Read(ref _interval), target))
            {
                return subject; // else it was erased between the two lines: whoever acts now is somebody new
            }
        }
    }

    /// <summary>Once a second: when the folder has changed, another process may have erased somebody, so every key is read anew.</summary>
    private void Look()
    {
        long looked = Volatile.Read(ref _looked);
        if (_time.GetElapsedTime(looked) < LookInterval || Interlocked.CompareExchange(ref _looked, _time.GetTimestamp(), looked) != looked)
        {
            return;
        }

        Interlocked.Increment(ref _interval);
        DateTime changed = _folder.Changed();
        if (changed != _seen)
        {
            _seen = changed > _time.GetUtcNow().UtcDateTime - LookInterval ? default : changed; // a second change may bear the same time
            Forget();
        }
    }

    private void Forget()
    {
        lock (_gate)
        {
            foreach (Subject subject in _byName.Values.Concat(_byId.Values))
            {
                subject.Dispose();
            }

            _byName.Clear();
            _byId.Clear();
        }
    }

    private Subject? Load(string name)
    {
        lock (_gate)
        {
            return Remember(_folder.Read(_folder.NameOf(Utf8.GetBytes(name)), name));
        }
    }

    private Subject? LoadById(string id)
    {
        lock (_gate)
        {
            return _folder.FileOf(id) is { } file && _folder.Read(file, name: null) is { } subject && subject.Id == id ? Remember(subject) : null;
        }
    }

    private Subject LoadOrMake(string name)
    {
        byte[] utf8 = Utf8.GetBytes(name);
        lock (_gate)
        {
            string file = _folder.NameOf(utf8);
            if (Remember(_folder.Read(file, name)) is { } there)
            {
                return there;
            }

            _lock.Acquire();
            try
            {
                return Remember(_folder.Read(file, name)) ?? Remember(_folder.Make(file, name))!;
            }
            finally
            {
                _lock.Release();
            }
        }
    }

    private Subject? Remember(Subject? subject)
    {
        if (subject is null || _erased.Contains(subject.Id))
        {
            if (subject is not null)
            {
                _folder.Destroy(subject.Id, subject.File); // brought back while the folder was open
                subject.Dispose();
            }

            return null;
        }

        if (_byId.Count >= CacheLimit)
        {
            Forget();
        }

        if (subject.Name.Length > 0)
        {
            _byName[subject.Name] = subject;
        }

        _byId[subject.Id] = subject;
        return subject;
    }
}

/// <summary>What a line holds of a person.</summary>
/// <param name="Subject">The person's id: 32 lower-case hexadecimal digits.</param>
/// <param name="Sealed">Base64 of nonce, sealed text and tag.</param>
public sealed record SealedPerson(string Subject, string Sealed);

/// <summary>What can be learnt of a sealed person.</summary>
public abstract record RevealedPerson
{
    private RevealedPerson()
    {
    }

    /// <summary>Who it was.</summary>
    public sealed record Known(AuditActor.Person Person) : RevealedPerson;

    /// <summary>There is no key: the person was erased, or the folder of subjects is another one.</summary>
    public sealed record Erased(string Subject) : RevealedPerson;

    /// <summary>There is a key, and what is sealed does not open with it.</summary>
    public sealed record Damaged(string Subject) : RevealedPerson;
}
