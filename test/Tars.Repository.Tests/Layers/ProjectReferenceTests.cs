using System.Xml.Linq;
using Xunit;

namespace Tars.Repository.Tests.Layers;

public sealed class ProjectReferenceTests
{
    // The table of docs/architecture.md: what each project may reference, projects and packages.
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Allowed = new()
    {
        ["Tars.Statistics"] = ([], []),
        ["Tars.Sealing"] = ([], []),
        ["Tars.Sealing.OpenPgp"] = ([], ["BouncyCastle.Cryptography"]),
        ["Tars.Sealing.Pkcs11"] = (["Tars.Sealing"], ["Pkcs11Interop"]),
        ["Tars.Compliance"] = (["Tars.Sealing"], []),
        ["Tars.Simulation"] = ([], []),
        ["Tars.Configuration"] = ([], ["YamlDotNet"]),
        ["Tars.Observability"] = (["Tars.Statistics"], ["Parquet.Net"]),
        ["Tars.Reports"] = (["Tars.Observability"], []),
        ["Tars.Storage"] = ([], ["AWSSDK.S3", "Dapper", "Microsoft.Data.Sqlite", "Npgsql"]),
        ["Tars.Application"] = (["Tars.Compliance", "Tars.Configuration", "Tars.Observability", "Tars.Reports", "Tars.Sealing", "Tars.Sealing.OpenPgp", "Tars.Sealing.Pkcs11", "Tars.Storage"], ["Quartz"]),
        ["Tars.Server"] = (["Tars.Application"], ["BouncyCastle.Cryptography", "Microsoft.AspNetCore.OpenApi", "StackExchange.Redis", "Swashbuckle.AspNetCore.SwaggerUI"]),
        ["Tars.Client"] = ([], []),
        ["Tars.Cli"] = (["Tars.Application", "Tars.Client", "Tars.Compliance", "Tars.Server", "Tars.Simulation"], ["Spectre.Console", "System.CommandLine"]),
        ["Tars.Verify"] = (["Tars.Sealing"], []),
    };

    [Fact]
    public void References_OfEachProject_AreThoseOfTheTable()
    {
        List<string> broken = [];
        foreach (string path in RepositoryFiles.With(".csproj", "src/"))
        {
            string project = Path.GetFileNameWithoutExtension(path);
            if (!Allowed.TryGetValue(project, out (string[] Projects, string[] Packages) allowed))
            {
                broken.Add($"{project} has no row in the table (ProjectReferenceTests, docs/architecture.md)");
                continue;
            }

            XDocument file = XDocument.Parse(RepositoryFiles.Text(path));
            broken.AddRange(Includes(file, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Except(allowed.Projects).Select(name => $"{project} references {name}"));
            broken.AddRange(Includes(file, "PackageReference").Except(allowed.Packages).Select(name => $"{project} references the package {name}"));
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [Fact]
    public void Projects_OnDisk_AreAllInTheSolution()
    {
        HashSet<string> listed = [.. XDocument.Parse(RepositoryFiles.Text("Tars.slnx")).Descendants("Project").Select(project => project.Attribute("Path")!.Value)];
        Assert.Equal(RepositoryFiles.With(".csproj"), listed.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Includes(XDocument file, string element) =>
        file.Descendants(element).Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'));
}
