using System.Diagnostics;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Files;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Secrets.Files;

public sealed class PrivateFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    // The modes are those of chmod(1); what each lets whom do is POSIX.1-2017, section 4.5.
    [Theory]
    [InlineData(0x180, "owner", null)] // 0600
    [InlineData(0x100, "owner", null)] // 0400
    [InlineData(0x1C0, "owner", null)] // 0700
    [InlineData(0x1A0, "owner", "its group may read it (mode 0640); run chmod 600, or set secrets.file_group_read where the group is this service's own")]
    [InlineData(0x120, "group", null)] // 0440
    [InlineData(0x1A0, "group", null)] // 0640
    [InlineData(0x1B0, "group", "its group may change it (mode 0660); run chmod 600")]
    [InlineData(0x124, "group", "everybody may read or change it (mode 0444); run chmod 600")]
    [InlineData(0x1A4, "owner", "everybody may read or change it (mode 0644); run chmod 600")]
    [InlineData(0x182, "owner", "everybody may read or change it (mode 0602); run chmod 600")]
    [InlineData(0x1A4, "anybody", null)]
    public void Read_Mode_IsRefusedWhenOthersMayReadOrChange(int mode, string rule, string? refusal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are of Unix");
        string path = _folder.WriteText("secret", "value");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)mode);
        }

        SecretAnswer answer = PrivateFile.Read(
            path, 100, rule switch { "owner" => FileRule.OwnerOnly, "group" => FileRule.GroupMayRead, _ => FileRule.Anybody });

        Assert.Equal(refusal, (answer as SecretAnswer.Refused)?.Reason);
        Assert.Equal(refusal is null ? "value" : null, (answer as SecretAnswer.Found)?.Value.Reveal());
    }

    [Fact]
    public async Task Read_FileOfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root can give a file away");
        string path = Private("value");
        await RunAsync("chown", "4321", path);

        SecretAnswer answer = PrivateFile.Read(path, 100, FileRule.OwnerOnly);

        Assert.Equal(new SecretAnswer.Refused(path, "it belongs to user 4321, who can change it; give it to user 0 or to root"), answer);
    }

    [Fact]
    public async Task Read_Pipe_IsRefusedWithoutWaiting()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes are told by statx");
        string path = _folder.Combine("pipe");
        await RunAsync("mkfifo", "-m", "600", path);

        Assert.Equal(new SecretAnswer.Refused(path, "it is not a regular file"), PrivateFile.Read(path, 100, FileRule.OwnerOnly));
    }

    // stat(1) is the other opinion on owner and mode.
    [Fact]
    public async Task FileStatus_OfAFile_IsWhatStatSays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "statx is of Linux");
        string path = Private("value");
        string[] said = (await RunAsync("stat", "-c", "%u %f", path)).Split(' ', '\n');

        FileStatus status = FileStatus.Of(path)!.Value;

        Assert.Equal((uint.Parse(said[0], null), Convert.ToUInt16(said[1], 16)), (status.Owner, status.Mode));
        Assert.Equal(await RunAsync("id", "-u"), $"{NativeFile.EffectiveUser()}\n");
    }

    [Fact]
    public void Read_FolderAbsentAndLarge_SayWhich()
    {
        Assert.IsType<SecretAnswer.Absent>(PrivateFile.Read(_folder.Combine("none"), 100, FileRule.OwnerOnly));
        Assert.IsType<SecretAnswer.Absent>(PrivateFile.Read(_folder.Combine("none", "none"), 100, FileRule.OwnerOnly));
        Assert.Equal(new SecretAnswer.Refused(_folder.Path, "it is a folder, not a file"), PrivateFile.Read(_folder.Path, 100, FileRule.OwnerOnly));

        string path = Private(new string('x', 100));
        Assert.IsType<SecretAnswer.Found>(PrivateFile.Read(path, 100, FileRule.OwnerOnly));
        Assert.Equal(new SecretAnswer.Refused(path, "it is larger than 99 bytes, the limit for a secret's file"), PrivateFile.Read(path, 99, FileRule.OwnerOnly));
    }

    [Theory]
    [InlineData("value\n", "value")]
    [InlineData("value\r\n", "value")]
    [InlineData("value\n\n", "value\n")]
    [InlineData(" value ", " value ")]
    [InlineData("va\nlue", "va\nlue")]
    [InlineData("\n", null)]
    [InlineData("", null)]
    public void WithoutLineEnd_Text_LosesOneLineEnd(string text, string? value)
    {
        SecretAnswer answer = PrivateFile.WithoutLineEnd(SecretAnswer.Found.Of(text, "place"));

        Assert.Equal(value, (answer as SecretAnswer.Found)?.Value.Reveal());
        Assert.Equal(value is null, answer is SecretAnswer.Refused);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0x0A })]
    [InlineData(new byte[] { 0x00, 0x0A })]
    public void WithoutLineEnd_BytesThatAreNoText_AreKept(byte[] key)
    {
        SecretAnswer.Found found = Assert.IsType<SecretAnswer.Found>(PrivateFile.WithoutLineEnd(SecretAnswer.Found.Of((ReadOnlySpan<byte>)key, "place")));

        Assert.Equal(key, found.Value.Bytes.ToArray());
    }

    private string Private(string text)
    {
        string path = _folder.WriteText("secret", text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
