using Tars.Sealing.CanonicalJson;

namespace Tars.Sealing.Keys;

/// <summary>The files of a ring: who may read them, one writer at a time, and an index that always names whole files.</summary>
internal sealed class KeyRingStore(string path)
{
    internal const int LongestKeyFile = 64 << 10;
    internal const string TransitionFolder = "transitions";
    internal const string RevocationFolder = "revocations";
    private const string LockFile = "ring.lock";
    private const UnixFileMode OthersMode = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    internal string FullPath { get; } = Path.GetFullPath(path);

    internal string KeyPath(string keyId) => Path.Combine(FullPath, keyId + ".key");

    internal string PublicPath(string keyId) => Path.Combine(FullPath, keyId + ".pub");

    internal string TransitionPath(string newKeyId) => Path.Combine(FullPath, TransitionFolder, newKeyId + ".dsse.json");

    internal string RevocationPath(string keyId) => Path.Combine(FullPath, RevocationFolder, keyId + KeyRevocation.FileSuffix);

    /// <summary>Writes the statement of a revocation; only within a change.</summary>
    internal string WriteRevocation(string keyId, byte[] envelope)
    {
        CreateFolder(Path.Combine(FullPath, RevocationFolder));
        RemoveTemporaries(Path.Combine(FullPath, RevocationFolder));
        DurableFile.Write(RevocationPath(keyId), envelope);
        return RevocationPath(keyId);
    }

    /// <summary>Makes an empty ring. A folder that is there must be empty.</summary>
    internal void Create()
    {
        if (Directory.Exists(FullPath) && Directory.EnumerateFileSystemEntries(FullPath).Any())
        {
            throw new KeyRingException($"{FullPath}: a new key ring needs an empty folder");
        }

        CreateFolder(FullPath);
        CreateFolder(Path.Combine(FullPath, TransitionFolder));
        DurableFile.Write(Path.Combine(FullPath, KeyRingIndex.FileName), KeyRingIndex.Write([]));
    }

    internal bool Exists => File.Exists(Path.Combine(FullPath, KeyRingIndex.FileName));

    /// <summary>The index as it is now. Folder and file must be closed to others.</summary>
    internal IReadOnlyList<KeyEntry> ReadIndex()
    {
        string index = Path.Combine(FullPath, KeyRingIndex.FileName);
        if (!Exists)
        {
            throw new KeyRingException($"{FullPath}: there is no key ring; `tars keys create` makes one");
        }

        CheckClosed(FullPath);
        CheckClosed(index);
        try
        {
            return KeyRingIndex.Read(BoundedFile.Read(index, KeyRingIndex.LongestFile));
        }
        catch (JsonFormException exception)
        {
            throw new KeyRingException($"{index}: at byte {exception.Offset}: {exception.Message}", exception);
        }
    }

    /// <summary>The content of a key file. It must be closed to others.</summary>
    internal SecretBytes ReadKey(string keyId)
    {
        string file = KeyPath(keyId);
        if (!File.Exists(file))
        {
            throw new KeyRingException($"{file}: the ring lists key {keyId}, but its file is not there");
        }

        CheckClosed(file);
        return BoundedFile.ReadSecret(file, LongestKeyFile);
    }

    /// <summary>
    /// Changes the ring while no other process does. The change writes its key files first and returns the new index, which takes effect
    /// with one rename: a process that is killed leaves the ring as it was before or as it is after.
    /// </summary>
    internal T Change<T>(Func<IReadOnlyList<KeyEntry>, (IReadOnlyList<KeyEntry> Entries, T Result)> change)
    {
        using FileStream held = Lock();
        RemoveTemporaries(FullPath);
        CreateFolder(Path.Combine(FullPath, TransitionFolder)); // a copy of a ring may have lost the empty folder
        RemoveTemporaries(Path.Combine(FullPath, TransitionFolder));
        (IReadOnlyList<KeyEntry> entries, T result) = change(ReadIndex());
        DurableFile.Write(Path.Combine(FullPath, KeyRingIndex.FileName), KeyRingIndex.Write(entries));
        return result;
    }

    /// <exception cref="KeyRingException">Group or others may read or write it.</exception>
    internal static void CheckClosed(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        UnixFileMode mode = File.GetUnixFileMode(path);
        if ((mode & OthersMode) != 0)
        {
            throw new KeyRingException($"{path}: others may use it (mode {Convert.ToString((int)mode, 8)}); close it with `chmod go-rwx {path}`");
        }
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // What a killed writer left under a temporary name was never part of the ring. Only the holder of the lock removes it.
    private static void RemoveTemporaries(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*" + DurableFile.TemporarySuffix))
        {
            File.Delete(file);
        }
    }

    // The lock is the open file: the system lets go of it when the process ends, however it ends.
    private FileStream Lock()
    {
        if (!Exists)
        {
            throw new KeyRingException($"{FullPath}: there is no key ring; `tars keys create` makes one");
        }

        CheckClosed(FullPath);
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using ManualResetEventSlim pause = new();
        for (TimeSpan waited = TimeSpan.Zero; ; waited += LockPause)
        {
            try
            {
                return new FileStream(Path.Combine(FullPath, LockFile), options);
            }
            catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
            {
                if (waited >= LockPatience)
                {
                    throw new KeyRingException($"{FullPath}: another process has held the key ring for {LockPatience.TotalSeconds:0} s", exception);
                }
            }

            pause.Wait(LockPause);
        }
    }
}
