using System.Globalization;
using System.Runtime.CompilerServices;
using Tars.Storage.Blobs;

namespace Tars.Storage.Tests.Blobs;

/// <summary>This program, told by a variable to be the process that writes blobs until it is killed. It runs before the test runner would.</summary>
internal static class BlobWriter
{
    internal const string FolderVariable = "TARS_TEST_BLOB_FOLDER";
    internal const string SeedVariable = "TARS_TEST_BLOB_SEED";

    [ModuleInitializer]
    internal static void RunWhenTold()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } folder)
        {
            return;
        }

        DirectoryBlobStore store = new(folder, TimeProvider.System);
        using Stream output = Console.OpenStandardOutput();
        int seed = int.Parse(Environment.GetEnvironmentVariable(SeedVariable)!, CultureInfo.InvariantCulture);
        for (int i = seed; ; i++)
        {
            byte[] content = CountingStream.Bytes((int)(1 + (i * 7919L % 3_000_000)), i);
            BlobPut put = store.PutAsync(content, CancellationToken.None).GetAwaiter().GetResult();
            output.Write(System.Text.Encoding.ASCII.GetBytes(((BlobPut.Stored)put).Digest + "\n")); // the acknowledgement, in one write
        }
    }
}
