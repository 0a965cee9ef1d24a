using Xunit;

namespace Tars.TestKit;

/// <summary>SoftHSM tokens in a folder of their own: a PKCS #11 module with real tokens, keys and PINs, in software.</summary>
public sealed class SoftHsm : IDisposable
{
    /// <summary>The variable by which the module finds its tokens.</summary>
    public const string ConfigurationVariable = "SOFTHSM2_CONF";

    /// <summary>The user PIN of each token that <see cref="InitialiseAsync"/> makes.</summary>
    public const string Pin = "73519-tars";

    private const string Utility = "softhsm2-util";
    private const string Tool = "pkcs11-tool";

    private readonly TemporaryDirectory _folder = new();

    private SoftHsm(string modulePath)
    {
        ModulePath = modulePath;
        Directory.CreateDirectory(_folder.Combine("tokens"));
        ConfigurationPath = _folder.WriteText("softhsm2.conf", $"directories.tokendir = {_folder.Combine("tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n");
    }

    /// <summary>The module.</summary>
    public string ModulePath { get; }

    /// <summary>The file that <see cref="ConfigurationVariable"/> names.</summary>
    public string ConfigurationPath { get; }

    /// <summary>Starts with no token. Without SoftHSM and pkcs11-tool the calling test is skipped, or fails when servers are required.</summary>
    public static SoftHsm Require()
    {
        Executables.Require(Utility);
        Executables.Require(Tool);
        string[] candidates = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so"];
        string? module = candidates.FirstOrDefault(File.Exists);
        Assert.SkipWhen(module is null && Environment.GetEnvironmentVariable(Executables.RequireVariable) != "1", "libsofthsm2.so is nowhere where it usually is");
        Assert.True(module is not null, "softhsm2-util is on PATH and libsofthsm2.so is nowhere where it usually is");
        return new SoftHsm(module!);
    }

    /// <summary>Makes a token.</summary>
    public Task<CommandResult> InitialiseAsync(string label) => RunAsync(Utility, "--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", Pin);

    /// <summary>Takes a token away with its keys.</summary>
    public Task<CommandResult> DeleteAsync(string label) => RunAsync(Utility, "--delete-token", "--token", label);

    /// <summary>Makes a key pair in a token; the private key is sensitive and not extractable unless the options say otherwise.</summary>
    public Task<CommandResult> MakeKeyAsync(string token, string type, string label, string id, params string[] options) =>
        ToolAsync(token, ["--login", "--pin", Pin, "--keypairgen", "--key-type", type, "--label", label, "--id", id, "--usage-sign", .. options.Length > 0 ? options : ["--sensitive"]]);

    /// <summary>Runs pkcs11-tool on a token.</summary>
    public Task<CommandResult> ToolAsync(string token, params string[] arguments) => RunAsync(Tool, ["--module", ModulePath, "--token-label", token, .. arguments], mustSucceed: true);

    /// <summary>Runs pkcs11-tool on a token, whatever its exit code.</summary>
    public Task<CommandResult> TryToolAsync(string token, params string[] arguments) => RunAsync(Tool, ["--module", ModulePath, "--token-label", token, .. arguments], mustSucceed: false);

    /// <summary>Removes the tokens.</summary>
    public void Dispose() => _folder.Dispose();

    private Task<CommandResult> RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, mustSucceed: true);

    private async Task<CommandResult> RunAsync(string program, string[] arguments, bool mustSucceed)
    {
        CommandLine command = new(Executables.Require(program), arguments) { Environment = new Dictionary<string, string?> { [ConfigurationVariable] = ConfigurationPath } };
        CommandResult result = await command.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(!mustSucceed || result.ExitCode == 0, $"{command}\n{result.Output}{result.Error}");
        return result;
    }
}
