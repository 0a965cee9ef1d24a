using Tars.Application.Tests.Publishing;
using Tars.Application.Tests.Schedules;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Tars.Application.Tests;

/// <summary>As xUnit writes it, and two more uses: a replica of schedules, and a publisher, which tests kill.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) =>
        ReplicaProcess.IsWanted ? ReplicaProcess.RunAsync()
        : PublisherProcess.IsWanted ? PublisherProcess.RunAsync()
        : args.Any(arg => arg is "--server" or "--internal-msbuild-node") ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
        : ConsoleRunner.Run(args);
}
