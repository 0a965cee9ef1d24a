using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Serve;

/// <summary>Who calls a served API in tests of what it answers: a user with a key, made on the command line.</summary>
internal static class ServedCaller
{
    /// <summary>Options of <c>tars serve</c> for tests that ask much: a free port, and no limits.</summary>
    public static readonly string[] Serve = ["serve", "--urls", "http://127.0.0.1:0", "--set", "api.rate_limit_enabled=false"];

    /// <summary>A client that shows an administrator's key.</summary>
    /// <param name="folder">The folder of the installation.</param>
    /// <param name="serving">The server.</param>
    public static async Task<HttpClient> ConnectAsync(string folder, RunningCommand serving)
    {
        CommandResult user = await TarsProgram.RunAsync(folder, "users", "create", "tests", "--role", "admin", "--no-password");
        Assert.True(user.ExitCode == 0, user.Error);
        CommandResult key = await TarsProgram.RunAsync(folder, "api-keys", "create", "tests", "--user", "tests", "--role", "admin");
        Assert.True(key.ExitCode == 0, key.Error);
        HttpClient client = new() { BaseAddress = await ServeCommandTests.AddressAsync(serving) };
        client.DefaultRequestHeaders.Add("X-API-Key", key.Output.Split('\n')[0].Trim());
        return client;
    }
}
