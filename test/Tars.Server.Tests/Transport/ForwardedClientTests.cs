using System.Net;
using Microsoft.Extensions.Primitives;
using Tars.Server.Transport;
using Tars.TestKit;
using Xunit;

namespace Tars.Server.Tests.Transport;

public sealed class ForwardedClientTests
{
    private static readonly TrustedProxies Trusted = new([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8:aaaa::/48"), IPNetwork.Parse("192.0.2.1/32")]);

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7")]
    [InlineData("203.0.113.9, 198.51.100.7", "198.51.100.7")] // the first was written by the client
    [InlineData("198.51.100.7, 10.1.2.3", "198.51.100.7")]
    [InlineData("203.0.113.9, 198.51.100.7, 10.1.2.3,10.9.9.9", "198.51.100.7")]
    [InlineData("198.51.100.7, 2001:db8:aaaa::5", "198.51.100.7")]
    [InlineData("198.51.100.7, ::ffff:10.4.4.4", "198.51.100.7")]
    [InlineData("198.51.100.7:55555", "198.51.100.7")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("", "10.0.0.1")]
    [InlineData("unknown", "10.0.0.1")]
    [InlineData("198.51.100.7, unknown", "10.0.0.1")]
    [InlineData("198.51.100.7, unknown, 10.1.2.3", "10.1.2.3")]
    [InlineData("198.51.100.7,", "10.0.0.1")]
    [InlineData("10.1.2.3, 10.1.2.4", "10.1.2.3")] // all trusted: the farthest of them asks for itself
    [InlineData("3325256711", "10.0.0.1")]
    [InlineData("0x7f000001", "10.0.0.1")]
    [InlineData("127.1", "10.0.0.1")]
    [InlineData("fe80::1%eth0", "10.0.0.1")]
    [InlineData("[2001:db8::1", "10.0.0.1")]
    [InlineData("[2001:db8::1]x", "10.0.0.1")]
    [InlineData("198.51.100.7\t", "198.51.100.7")]
    public void Read_HeaderOfATrustedProxy_FindsTheClient(string header, string client) =>
        Assert.Equal(IPAddress.Parse(client), ForwardedClient.Read(IPAddress.Parse("10.0.0.1"), header, StringValues.Empty, Trusted).Address);

    [Fact]
    public void Read_SeveralLines_AreOneList() => Assert.Equal(
        IPAddress.Parse("198.51.100.7"), ForwardedClient.Read(IPAddress.Parse("10.0.0.1"), new StringValues(["203.0.113.9", "198.51.100.7, 10.1.2.3", "10.2.2.2"]), StringValues.Empty, Trusted).Address);

    [Theory]
    [InlineData("198.51.100.7", "https", true)]
    [InlineData("198.51.100.7", "HTTPS", true)]
    [InlineData("198.51.100.7", "http", false)]
    [InlineData("198.51.100.7", "", null)]
    [InlineData("203.0.113.9, 198.51.100.7", "https, http", false)] // the client wrote the first of both
    [InlineData("198.51.100.7, 10.1.2.3", "https, http", true)] // two proxies, each of which added its word
    [InlineData("203.0.113.9, 198.51.100.7, 10.1.2.3", "https, https, http", true)]
    [InlineData("203.0.113.9, 198.51.100.7, 10.1.2.3", "https, http, http", false)]
    [InlineData("", "https", true)]
    public void Read_Scheme_IsThatOfTheClientsHop(string header, string proto, bool? isSecure) =>
        Assert.Equal(isSecure, ForwardedClient.Read(IPAddress.Parse("10.0.0.1"), header, proto, Trusted).IsSecure);

    // Whatever a client writes before what the proxies add, the answer is the client.
    [Fact]
    public void Read_AnyForgedBeginning_ChangesNothing()
    {
        foreach (int seed in Seeds.DrawMany(2000))
        {
            Random random = new(seed);
            string forged = string.Join(',', Enumerable.Range(0, random.Next(0, 6)).Select(_ => random.Next(5) switch
            {
                0 => $"10.0.0.{random.Next(256)}",
                1 => "unknown",
                2 => new string([.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => (char)random.Next(32, 127))]),
                3 => $"[2001:db8:aaaa::{random.Next(9999):x}]",
                _ => $"203.0.113.{random.Next(256)}",
            }));
            string proxies = string.Concat(Enumerable.Range(0, random.Next(0, 4)).Select(_ => $", 10.2.{random.Next(256)}.{random.Next(256)}"));
            string header = (forged.Length > 0 ? forged + ", " : string.Empty) + "198.51.100.7" + proxies;
            Assert.Equal(IPAddress.Parse("198.51.100.7"), ForwardedClient.Read(IPAddress.Parse("10.0.0.1"), header, "https", Trusted).Address);
        }
    }

    [Fact]
    public void Read_ChainWithoutEnd_IsCutOff()
    {
        string header = string.Join(',', Enumerable.Repeat("10.1.1.1", 10_000).Prepend("198.51.100.7"));
        Assert.Equal(IPAddress.Parse("10.1.1.1"), ForwardedClient.Read(IPAddress.Parse("10.0.0.1"), header, StringValues.Empty, Trusted).Address);
    }
}
