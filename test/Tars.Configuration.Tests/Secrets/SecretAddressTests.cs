using System.Text;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Tests.Secrets;

public sealed class SecretAddressTests
{
    [Theory]
    [InlineData("DB_PASSWORD", "tars/prod/config", "tars/prod/config", "DB_PASSWORD")]
    [InlineData("jwt_secret", "tars/prod/config", "tars/prod/config", "jwt_secret")]
    [InlineData("DB_PASSWORD", null, "DB_PASSWORD", null)]
    [InlineData("DB_PASSWORD", "", "DB_PASSWORD", null)]
    [InlineData("tars-jwt-secret", "tars/prod/config", "tars-jwt-secret", null)]
    [InlineData("tars/prod/db", "tars/prod/config", "tars/prod/db", null)]
    [InlineData("tars/prod/db#password", "tars/prod/config", "tars/prod/db", "password")]
    [InlineData("db#a.b-c", null, "db", "a.b-c")]
    public void Of_Name_MeansSecretAndField(string name, string? configured, string id, string? field) =>
        Assert.Equal(new SecretAddress(id, field), SecretAddress.Of(name, configured));

    [Fact]
    public void Pick_WholeSecret_IsEveryByte()
    {
        byte[] value = [0, 255, 10, 13];
        SecretAnswer.Found found = Assert.IsType<SecretAnswer.Found>(new SecretAddress("id", null).Pick(value, "place", TimeSpan.FromHours(1)));
        Assert.Equal(value, found.Value.Bytes.ToArray());
        Assert.Equal(("place", TimeSpan.FromHours(1)), (found.Place, found.Lifetime));
    }

    [Fact]
    public void Pick_Field_IsItsTextAndPlace()
    {
        SecretAnswer.Found found = Assert.IsType<SecretAnswer.Found>(new SecretAddress("id", "b").Pick("""{"a":"x","b":"y"}"""u8, "aws id version 1", null));
        Assert.Equal(("y", "aws id version 1#b"), (found.Value.Reveal(), found.Place));
    }

    [Theory]
    [InlineData("""{"a":"x"}""", "place#b")]
    [InlineData("""{"b":null}""", "place#b")]
    [InlineData("canary", "place (no JSON object with fields; ${id} is the whole of it)")]
    [InlineData("[\"canary\"]", "place (no JSON object with fields; ${id} is the whole of it)")]
    public void Pick_NoSuchField_IsAbsent(string value, string place) =>
        Assert.Equal(new SecretAnswer.Absent(place), new SecretAddress("id", "b").Pick(Encoding.UTF8.GetBytes(value), "place", null));

    [Theory]
    [InlineData("""{"b":{"canary":"canary"}}""")]
    [InlineData("""{"b":"canary","b":"canary"}""")]
    public void Pick_FieldOfNoUse_IsRefusedWithoutTheValue(string value)
    {
        SecretAnswer.Refused refused = Assert.IsType<SecretAnswer.Refused>(new SecretAddress("id", "b").Pick(Encoding.UTF8.GetBytes(value), "place", null));
        Assert.Equal("place#b", refused.Place);
        Assert.DoesNotContain("canary", refused.Reason, StringComparison.Ordinal);
    }
}
