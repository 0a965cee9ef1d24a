using System.Text;
using System.Text.Json;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Tests.Secrets.Http;

public sealed class JsonFieldsTests
{
    [Theory]
    [InlineData("""{"a":"x","b":"y"}""", "b", "y")]
    [InlineData("""{"a":{"b":"inner"},"b":"outer"}""", "b", "outer")]
    [InlineData("""{"b":"\u00e4\n\"\\","a":[1,{"b":2}]}""", "b", "ä\n\"\\")]
    [InlineData("""{"\u0062":"escaped name"}""", "b", "escaped name")]
    [InlineData("""{"b":""}""", "b", "")]
    public void FindText_FieldIsThere_IsItsText(string json, string name, string expected) =>
        Assert.Equal(expected, JsonFields.FindText(Encoding.UTF8.GetBytes(json), name));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"b":null}""")]
    [InlineData("""{"a":{"b":"not this one"}}""")]
    [InlineData("""{"B":"other case"}""")]
    public void FindText_FieldIsNotThere_IsNull(string json) => Assert.Null(JsonFields.FindText(Encoding.UTF8.GetBytes(json), "b"));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"b\"")]
    [InlineData("""{"b":"x","b":"y"}""")]
    [InlineData("""{"b":"x"}{}""")]
    [InlineData("""{"b":"x"} trailing""")]
    [InlineData("""{"b":"x",}""")]
    [InlineData("""{"b":"x" """)]
    [InlineData("""{"b":1}""")]
    [InlineData("""{"b":["x"]}""")]
    [InlineData("""{"b":"\ud800"}""")]
    [InlineData("""{"a":"\ud800","b":"x"}""")]
    [InlineData("""{"a":tru,"b":"x"}""")]
    public void FindText_NotOneObjectWithOneText_Throws(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonFields.FindText(Encoding.UTF8.GetBytes(json), "b"));

    [Fact]
    public void FindText_NotUtf8_Throws() =>
        Assert.ThrowsAny<JsonException>(() => JsonFields.FindText([.. "{\"b\":\""u8, 0xff, .. "\"}"u8], "b"));

    [Fact]
    public void FindText_Path_IsTheInnerField()
    {
        ReadOnlySpan<byte> json = """{"error":{"code":"outer","innererror":{"code":"inner"}},"code":"root"}"""u8;
        Assert.Equal("inner", JsonFields.FindText(json, "error", "innererror", "code"));
        Assert.Equal("outer", JsonFields.FindText(json, "error", "code"));
        Assert.Equal("root", JsonFields.FindText(json, "code"));
        Assert.Null(JsonFields.FindText(json, "missing", "code"));
    }

    [Theory]
    [InlineData("""{"n":3600}""", 3600)]
    [InlineData("""{"n":"3600"}""", 3600)]
    [InlineData("""{"n":-1}""", -1)]
    public void FindNumber_NumberOrDigits_IsTheNumber(string json, long expected) =>
        Assert.Equal(expected, JsonFields.FindNumber(Encoding.UTF8.GetBytes(json), "n"));

    [Theory]
    [InlineData("""{"n":1.5}""")]
    [InlineData("""{"n":"1 "}""")]
    [InlineData("""{"n":true}""")]
    [InlineData("""{"n":99999999999999999999}""")]
    public void FindNumber_SomethingElse_Throws(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonFields.FindNumber(Encoding.UTF8.GetBytes(json), "n"));

    [Theory]
    [InlineData("""{"f":"text"}""", "text")]
    [InlineData("""{"f":12.50}""", "12.50")]
    [InlineData("""{"f":true}""", "true")]
    public void FindScalar_SingleValue_IsAsWritten(string json, string expected)
    {
        using Secret found = JsonFields.FindScalar(Encoding.UTF8.GetBytes(json), "f")!;
        Assert.Equal(expected, found.Reveal());
    }

    [Fact]
    public void FindScalar_Object_Throws() => Assert.ThrowsAny<JsonException>(() => JsonFields.FindScalar("""{"f":{"g":1}}"""u8, "f"));
}
