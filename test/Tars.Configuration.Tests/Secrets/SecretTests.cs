using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using System.Xml.Serialization;
using Tars.Configuration.Secrets;
using YamlDotNet.Serialization;

namespace Tars.Configuration.Tests.Secrets;

public sealed class SecretTests
{
    private const string Canary = "hunter2-canary-7f3a";

    public sealed record Holder(string Name, Secret Password);

    [Fact]
    public void Shown_EveryWay_IsNotTheSecret()
    {
        using Secret secret = Secret.Of(Canary);
        Holder holder = new("x", secret);
        StringBuilder seen = new();

        seen.Append(secret).Append(CultureInfo.InvariantCulture, $"{secret}{secret:X}{secret,40}{holder}");
        seen.AppendFormat(CultureInfo.InvariantCulture, CompositeFormat.Parse("{0} {0:x} {0,20:s}"), secret);
        seen.Append(string.Concat("a", secret)).Append(string.Join(',', secret, secret));
        seen.Append(Convert.ToString(secret, CultureInfo.InvariantCulture));
        seen.Append(new ArgumentOutOfRangeException("password", secret, "bad"));
        seen.Append(new InvalidOperationException($"with {secret}") { Data = { ["secret"] = secret } });
        seen.Append(new SecretAnswer.Found(secret, "place", null));
        seen.Append(JsonSerializer.Serialize(secret)).Append(JsonSerializer.Serialize(holder)).Append(JsonSerializer.Serialize<object>(holder));
        seen.Append(JsonSerializer.Serialize(new Dictionary<string, object> { ["a"] = secret, ["b"] = new[] { secret } }));
        seen.Append(typeof(Secret).GetCustomAttribute<DebuggerDisplayAttribute>()!.Value);
        StringWriter writer = new();
        writer.Write(secret);
        writer.Write("{0}", secret);
        seen.Append(writer);

        AssertHidden(seen.ToString());
        Assert.Contains(Secret.Shown, seen.ToString(), StringComparison.Ordinal);
        Assert.Equal("\"(secret)\"", JsonSerializer.Serialize(secret));
    }

    // Serializers that know nothing of the type: they refuse it, or write nothing of it.
    [Fact]
    public void Serialized_ByXmlAndYamlAndContracts_IsNotTheSecret()
    {
        using Secret secret = Secret.Of(Canary);
        AssertHidden(Written(stream => new XmlSerializer(typeof(Secret)).Serialize(stream, secret)));
        AssertHidden(Written(stream => new DataContractSerializer(typeof(Secret)).WriteObject(stream, secret)));
        AssertHidden(Written(stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true);
            new SerializerBuilder().Build().Serialize(writer, new Holder("x", secret));
        }));
        AssertHidden(Written(stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true);
            new SerializerBuilder().IncludeNonPublicProperties().Build().Serialize(writer, secret);
        }));
    }

    // What a debugger or a structured logger shows of an object: its public properties and fields that are not hidden.
    [Fact]
    public void Members_ShownByADump_AreHarmless()
    {
        using Secret secret = Secret.Of(Canary);
        StringBuilder seen = new();
        foreach (PropertyInfo property in typeof(Secret).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Assert.Equal(DebuggerBrowsableState.Never, property.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State);
            if (!property.PropertyType.IsByRefLike)
            {
                seen.Append(property.GetValue(secret));
            }
        }

        Assert.Empty(typeof(Secret).GetFields(BindingFlags.Public | BindingFlags.Instance));
        Assert.All(
            typeof(Secret).GetFields(BindingFlags.NonPublic | BindingFlags.Instance),
            field => Assert.Equal(DebuggerBrowsableState.Never, field.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State));
        AssertHidden(seen.ToString());
    }

    [Fact]
    public void Deserialized_Json_IsRefusedWithoutShowingIt()
    {
        Exception refusal = Assert.ThrowsAny<Exception>(() => JsonSerializer.Deserialize<Holder>($$"""{"Name":"x","Password":"{{Canary}}"}"""));

        AssertHidden(refusal.ToString());
    }

    [Fact]
    public void Dispose_Bytes_AreZeroed()
    {
        Secret secret = Secret.Of(Canary);
        byte[] bytes = (byte[])typeof(Secret).GetField("_bytes", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(secret)!;
        Assert.Equal(Canary, Encoding.UTF8.GetString(bytes));

        secret.Dispose();
        secret.Dispose();

        Assert.All(bytes, b => Assert.Equal(0, b));
        Assert.Throws<ObjectDisposedException>(() => secret.Bytes.Length);
        Assert.Throws<ObjectDisposedException>(() => secret.Reveal());
        Assert.Throws<ObjectDisposedException>(() => secret.Copy());
        Assert.Throws<ObjectDisposedException>(() => secret.Matches([]));
        Assert.Equal(Secret.Shown, secret.ToString());
    }

    [Fact]
    public void Copy_OfASecret_LivesOnItsOwn()
    {
        Secret secret = Secret.Of(Canary);
        using Secret copy = secret.Copy();
        secret.Dispose();

        Assert.Equal(Canary, copy.Reveal());
        Assert.True(copy.Matches(Encoding.UTF8.GetBytes(Canary)));
        Assert.False(copy.Matches(Encoding.UTF8.GetBytes(Canary + "x")));
    }

    [Fact]
    public void Reveal_BytesThatAreNoText_IsRefused()
    {
        using Secret secret = Secret.Of((ReadOnlySpan<byte>)[0xFF, 0xFE, 0x00]);

        Assert.Throws<DecoderFallbackException>(() => secret.Reveal());
    }

    private static string Written(Action<Stream> write)
    {
        using MemoryStream stream = new();
        try
        {
            write(stream);
        }
        catch (Exception refusal) when (refusal is InvalidOperationException or InvalidDataContractException or YamlDotNet.Core.YamlException or NotSupportedException or TargetInvocationException or ArgumentException)
        {
            return refusal + Encoding.UTF8.GetString(stream.ToArray());
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void AssertHidden(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Canary);
        string[] forms = [Canary, Convert.ToBase64String(bytes)[..16], Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes), string.Join(", ", bytes), string.Join("\n- ", bytes)];
        Assert.All(forms, form => Assert.DoesNotContain(form, text, StringComparison.Ordinal));
    }
}
