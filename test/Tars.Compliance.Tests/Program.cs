using Tars.Compliance.Tests;
using Tars.Compliance.Tests.Audit;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// Runs tests; or, told so by a variable, is one of the processes that a test watches.
return ProcessTests.IsAppender ? await ProcessTests.AppendAsync()
    : args.Any(arg => arg is "--server" or "--internal-msbuild-node") ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
