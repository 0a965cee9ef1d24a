using System.CommandLine;
using Tars.Cli.Commands;
using Xunit;

namespace Tars.Cli.Tests.CommandLine;

/// <summary>A command line gets the part of the tree it needs, and that part is what the whole tree has.</summary>
public sealed class RootCommandTests
{
    [Fact]
    public void Nouns_EachLine_MakesTheCommandOfItsName() =>
        Assert.Equal(TarsRootCommand.Nouns.Select(noun => noun.Name), TarsRootCommand.Create().Subcommands.Select(command => command.Name));

    [Theory]
    [InlineData("sign", "sign")]
    [InlineData("keys list", "keys")]
    [InlineData("completion bash", "completion")]
    [InlineData("--help", null)]
    [InlineData("sing x", null)]
    [InlineData("[suggest:3] si", null)]
    [InlineData("", null)]
    public void Create_CommandLine_HasItsNounOrAllOfThem(string line, string? noun)
    {
        RootCommand root = TarsRootCommand.Create(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(noun is null ? TarsRootCommand.Nouns.Select(known => known.Name) : [noun], root.Subcommands.Select(command => command.Name));
    }
}
