using System.Text.Json.Nodes;
using Tars.Server.Access.Passwords;
using Tars.Storage;
using Tars.Storage.Identity;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Access;

/// <summary><c>tars users</c> and <c>tars api-keys</c>, as a user runs them.</summary>
public sealed class UsersCommandTests : IDisposable
{
    private const string Password = "violet kettle 42 harbour";

    private readonly TemporaryDirectory _folder = new();

    public UsersCommandTests() => _folder.WriteText("tars.yaml", "storage: {folder: store}\n");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_FirstAdministrator_IsMadeOnAnEmptyFolderAndNamedInNoLog()
    {
        await RunAsync(0, null, "audit", "init", "-q");
        JsonNode ann = await JsonAsync(Password + "\n", "users", "create", "ann.example", "--role", "admin", "--password-stdin");
        Assert.Equal(("ann.example", "admin", true), ((string)ann["username"]!, (string)ann["role"]!, (bool)ann["password"]!));
        await using (Storage.Store store = await OpenAsync())
        {
            StoredUser user = (await store.Users.FindByLoginAsync("ann.example", Cancellation))!;
            Assert.Equal(PasswordVerdict.Right, PasswordHash.Verify(Password, user.User.PasswordHash));
            Assert.Matches("^[0-9a-f]{32}$", user.User.SubjectId);
        }

        await RunAsync(0, null, "users", "disable", "ann.example");
        Assert.Contains("disabled", await RunAsync(0, null, "users", "list"), StringComparison.Ordinal);
        await RunAsync(0, null, "users", "enable", "ann.example");
        Assert.Equal("ann.example is sre now, and was admin\n", await RunAsync(0, null, "users", "role", "ann.example", "--role", "sre"));
        await RunAsync(0, "another kettle 43 of tea\n", "users", "reset", "ann.example", "--password-stdin");
        string log = string.Concat(Directory.EnumerateFiles(_folder.Combine("logs", "audit"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.DoesNotContain("ann.example", log, StringComparison.Ordinal);
        Assert.DoesNotContain("kettle", log, StringComparison.Ordinal);
        string events = await RunAsync(0, null, "audit", "query", "-o", "csv");
        Assert.All((string[])["user.created", "user.disabled", "user.enabled", "user.role_changed", "user.password_reset"], type => Assert.Contains(type, events, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tars: error: the password has 5 characters; at least 12 are needed", "short\n", "users", "create", "ann", "--role", "admin", "--password-stdin")]
    [InlineData("tars: error: standard input is empty; a password is expected", "", "users", "create", "ann", "--role", "admin", "--password-stdin")]
    [InlineData("tars: error: there is no terminal to ask for the password at", "", "users", "create", "ann", "--role", "admin")]
    [InlineData("tars: error: --role: 'root' is no role; write readonly, sre or admin", "", "users", "create", "ann", "--role", "root", "--no-password")]
    [InlineData("tars: error: --role is missing", "", "users", "create", "ann", "--no-password")]
    [InlineData("tars: error: 'a nn' is no name of a user", "", "users", "create", "a nn", "--role", "sre", "--no-password")]
    [InlineData("tars: error: there is no user 'ann' in ", "", "users", "disable", "ann")]
    [InlineData("tars: error: --user is missing", "", "api-keys", "create", "ci")]
    [InlineData("tars: error: there is no API key 'x' in ", "", "api-keys", "revoke", "x")]
    [InlineData("tars: error: that is a key, and not the id of one; it stands in the shell's history now: revoke it", "", "api-keys", "revoke", "tars_xxxx")]
    public async Task Command_ThatCannotBeMeant_SaysWhyAndChangesNothing(string expected, string input, params string[] arguments)
    {
        CommandResult result = await (TarsProgram.Command(_folder.Path, arguments) with { Input = input }).RunAsync(Cancellation);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(expected, result.Error, StringComparison.Ordinal);
        Assert.Equal("there is no user in " + _folder.Combine("store", "store.db") + "\n", await RunAsync(0, null, "users", "list"));
    }

    [Fact]
    public async Task ApiKeys_MadeRotatedAndRevoked_AreShownOnceEach()
    {
        await RunAsync(0, null, "users", "create", "ci", "--role", "sre", "--no-password");
        JsonNode made = await JsonAsync(null, "api-keys", "create", "build", "--user", "ci", "--role", "readonly", "--expires-in-days", "30");
        string key = (string)made["api_key"]!, id = (string)made["key_id"]!;
        Assert.True(Server.Access.Credentials.ApiKeyText.IsWellFormed(key));
        await RunAsync(2, null, "api-keys", "create", "more", "--user", "ci", "--role", "admin");
        JsonNode next = await JsonAsync(null, "api-keys", "rotate", id, "--overlap", "0s");
        Assert.NotEqual(key, (string)next["api_key"]!);
        await RunAsync(0, null, "api-keys", "revoke", (string)next["key_id"]!);
        JsonArray all = (await JsonAsync(null, "api-keys", "list", "--all"))["api_keys"]!.AsArray();
        Assert.Equal(["expired", "revoked"], all.Select(one => (string)one!["state"]!).Order());
        Assert.DoesNotContain(key, all.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("there is no API key in " + _folder.Combine("store", "store.db") + " that holds\n", await RunAsync(0, null, "api-keys", "list"));
    }

    [Fact]
    public async Task Review_Users_NamesWhatNobodyUsesAndNoFormula()
    {
        await RunAsync(0, Password, "users", "create", "root", "--role", "admin", "--password-stdin");
        await RunAsync(0, null, "users", "create", "ci", "--role", "sre", "--no-password");
        await RunAsync(0, null, "api-keys", "create", "=1+1", "--user", "ci");
        string csv = await RunAsync(0, null, "users", "review");
        string[] lines = csv.TrimEnd('\n').Split('\n');
        Assert.Equal("username,role,state,created,last_login,password_changed,second_factor,logins,api_keys,remarks", lines[0]);
        Assert.Contains(",'=1+1 (sre),", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",administrator without a second factor", lines[2], StringComparison.Ordinal);
        JsonNode json = await JsonAsync(null, "users", "review");
        Assert.Equal("=1+1", (string)json["users"]![0]!["api_keys"]![0]!["name"]!);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> RunAsync(int exitCode, string? input, params string[] arguments)
    {
        CommandResult result = await (TarsProgram.Command(_folder.Path, arguments) with { Input = input }).RunAsync(Cancellation);
        Assert.True(result.ExitCode == exitCode, result.Error);
        return result.Output;
    }

    private async Task<JsonNode> JsonAsync(string? input, params string[] arguments) => JsonNode.Parse(await RunAsync(0, input, [.. arguments, "-o", "json"]))!;

    private Task<Storage.Store> OpenAsync() => Storage.Store.OpenAsync(StoreAddress.Parse($"sqlite:{_folder.Combine("store", "store.db")}"), TimeProvider.System, null, Cancellation);
}
