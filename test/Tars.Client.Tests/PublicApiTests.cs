using System.Reflection;
using System.Text;
using System.Xml.Linq;
using Tars.TestKit;
using Xunit;

namespace Tars.Client.Tests;

/// <summary>What the package promises to those who build on it.</summary>
public sealed class PublicApiTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    [Fact]
    public void PublicApi_IsAsReviewed()
    {
        StringBuilder text = new();
        foreach (Type type in typeof(TarsClient).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(KindOf(type)).Append(' ').Append(type.FullName!.Replace('+', '.')).Append(type.BaseType is { } based && based != typeof(object) ? $" : {NameOf(based)}" : string.Empty).Append('\n');
            IEnumerable<string> members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(MemberOf).OfType<string>();
            foreach (string member in members.Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        Golden.Match("api/client.txt", text.ToString());
    }

    [Fact]
    public void Assembly_ReferencesNothingButTheFramework() => Assert.All(
        typeof(TarsClient).Assembly.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    [Fact]
    public void Project_HasNoReference()
    {
        XDocument project = XDocument.Load(RepositoryRoot.PathOf("src/Tars.Client/Tars.Client.csproj"));
        Assert.Empty(project.Descendants("ProjectReference").Concat(project.Descendants("PackageReference")));
    }

    private static string KindOf(Type type) => type.IsInterface ? "interface" : type.IsValueType ? "struct" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    // What the compiler makes of every record says nothing.
    private static string? MemberOf(MemberInfo member) => member switch
    {
        MethodInfo { IsSpecialName: false } method when method.Name is not ("Equals" or "GetHashCode" or "ToString" or "<Clone>$" or "Deconstruct") =>
            $"{NameOf(method.ReturnType)} {method.Name}({string.Join(", ", method.GetParameters().Select(parameter => $"{NameOf(parameter.ParameterType)}{(!parameter.ParameterType.IsValueType && Nullability.Create(parameter).ReadState == NullabilityState.Nullable ? "?" : string.Empty)} {parameter.Name}{(parameter.HasDefaultValue ? "?" : string.Empty)}"))})",
        ConstructorInfo constructor => $"new({string.Join(", ", constructor.GetParameters().Select(parameter => $"{NameOf(parameter.ParameterType)}{(!parameter.ParameterType.IsValueType && Nullability.Create(parameter).ReadState == NullabilityState.Nullable ? "?" : string.Empty)} {parameter.Name}{(parameter.HasDefaultValue ? "?" : string.Empty)}"))})",
        PropertyInfo property => $"{NameOf(property.PropertyType)}{(!property.PropertyType.IsValueType && Nullability.Create(property).ReadState == NullabilityState.Nullable ? "?" : string.Empty)} {property.Name} {{ {(property.GetMethod?.IsPublic == true ? "get; " : string.Empty)}{(property.SetMethod is { IsPublic: true } set ? set.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? "init; " : "set; " : string.Empty)}}}",
        _ => null,
    };

    private static string NameOf(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? NameOf(inner) + "?"
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;
}
