using System.Globalization;
using Tars.Application.Publishing;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Publishing;

/// <summary>When it is certain that a process has died, and when nobody can tell.</summary>
public sealed class OwningProcessTests
{
    [Fact]
    public void IsDead_ThisProcess_IsAliveAndReadsBack()
    {
        Assert.Equal(Environment.ProcessId, OwningProcess.Current.Id);
        Assert.Equal(OperatingSystem.IsLinux() ? OwningProcess.Current : null, OwningProcess.Parse(OwningProcess.Current.ToString()));
        Assert.False(OwningProcess.Current.IsDead());
    }

    [Fact]
    public async Task IsDead_ProcessThatWasKilled_IsCertain()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells");
        int id;
        long started;
        await using (RunningCommand sleep = new CommandLine("sleep", "60").Start())
        {
            id = sleep.Id;
            string stat = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"), TestContext.Current.CancellationToken);
            started = long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
            Assert.False((OwningProcess.Current with { Id = id, Started = started }).IsDead());
            Assert.True((OwningProcess.Current with { Id = id, Started = started + 1 }).IsDead()); // its number was given to another one
        }

        Assert.True((OwningProcess.Current with { Id = id, Started = started }).IsDead());
        Assert.False((OwningProcess.Current with { Id = id, Started = started, Space = "elsewhere" }).IsDead()); // another machine, or another container
    }

    [Theory]
    [InlineData(null)]
    [InlineData("build-1/4711")] // as programs before wrote it
    [InlineData("build-1/4711/12/")]
    [InlineData("build-1/x/12/space")]
    public void Parse_OwnerThatNamesNoProcess_IsNone(string? owner) => Assert.Null(OwningProcess.Parse(owner));
}
