using Tars.Application.Sealing;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Storage;
using Tars.Storage.Blobs.S3;

namespace Tars.Application.Stores;

/// <summary>What the section <c>storage</c> says: where rows and files are.</summary>
/// <param name="Address">The database.</param>
/// <param name="FileFolder">The folder of files; null where a bucket holds them.</param>
/// <param name="Bucket">The bucket; null where a folder holds them.</param>
public sealed record StorageSettings(StoreAddress Address, string? FileFolder, S3BlobStoreOptions? Bucket)
{
    private const string DatabaseFile = "store.db";
    private const string FilesFolder = "files";
    private const string AnyRegion = "us-east-1";

    /// <summary>Binds the section.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <exception cref="SettingsException">The bucket's address is not encrypted, and not this machine.</exception>
    public static StorageSettings Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        SettingsSection storage = loaded.Section("storage");
        string folder = Path.GetFullPath(SealingSettings.PathOf(loaded, storage, "folder")!);
        StoreAddress address = StoreAddress.Parse(storage.Has("database_url") ? WithLogin(storage) : $"sqlite:{Path.Combine(folder, DatabaseFile)}");
        SettingsSection blobs = storage.Section("blobs");
        return blobs.Has("bucket")
            ? new StorageSettings(address, null, BucketOf(blobs))
            : new StorageSettings(address, Path.Combine(folder, FilesFolder), null);
    }

    private static string WithLogin(SettingsSection storage)
    {
        Uri url = storage.Url("database_url");
        string login = Uri.EscapeDataString(storage.TextOrNull("database_user") ?? string.Empty);
        string password = storage.TextOrNull("database_password") is { } secret ? ":" + Uri.EscapeDataString(secret) : string.Empty;
        return login.Length == 0 ? url.AbsoluteUri : new UriBuilder(url) { UserName = string.Empty, Password = string.Empty }.Uri.AbsoluteUri.Replace("://", $"://{login}{password}@", StringComparison.Ordinal);
    }

    private static S3BlobStoreOptions BucketOf(SettingsSection blobs)
    {
        Uri? endpoint = blobs.Has("endpoint_url") ? blobs.Url("endpoint_url") : null;
        if (endpoint is { IsLoopback: false } && endpoint.Scheme != Uri.UriSchemeHttps)
        {
            throw SettingsException.Of(blobs.OriginOf("endpoint_url"), "storage.blobs.endpoint_url", "is not encrypted, and anyone on the way reads the files; write https://");
        }

        return new S3BlobStoreOptions
        {
            Bucket = blobs.Text("bucket"),
            Region = blobs.TextOrNull("region") ?? AnyRegion,
            Credentials = blobs.TextOrNull("access_key_id") is { } id ? S3Credentials.Of(id, blobs.Text("secret_access_key")) : S3Credentials.OfTheMachine,
            Prefix = blobs.TextOrNull("prefix") is { } prefix ? prefix + "/" : string.Empty,
            Endpoint = endpoint,
            PathStyle = endpoint is not null,
            AllowHttp = endpoint?.IsLoopback == true,
        };
    }
}
