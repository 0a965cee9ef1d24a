using System.Security.Cryptography;
using System.Text;
using Tars.Server.Access.Passwords;
using Xunit;

namespace Tars.Server.Tests.Access;

public sealed class PasswordHashTests
{
    /// <summary>bcrypt of a password at the cost of the predecessor, with a random salt.</summary>
    public static string BcryptOf(string password) => Org.BouncyCastle.Crypto.Generators.OpenBsdBCrypt.Generate("2b", password.ToCharArray(), RandomNumberGenerator.GetBytes(16), 5);

    [Fact]
    public void Compute_VectorOfRfc9106_IsItsTag()
    {
        // RFC 9106, section 5.3: Argon2id.
        byte[] tag = Argon2Hash.Compute(Fill(32, 1), Fill(16, 2), new Argon2Cost(32, 3, 4), 32, Fill(8, 3), Fill(12, 4));
        Assert.Equal("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659", Convert.ToHexStringLower(tag));
    }

    [Theory] // The reference implementation's own tests (github.com/P-H-C/phc-winner-argon2, src/test.c, Argon2id, version 0x13).
    [InlineData("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password", true)]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password", true)]
    [InlineData("$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc", "password", true)]
    [InlineData("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CyWrAYyjxN20WKHSwKd2hXC5E5XJVvoB6V3oN8T6jAI", "differentpassword", false)]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "Password", false)]
    public void Verify_HashOfTheReference_Holds(string hash, string password, bool holds) =>
        Assert.Equal(holds, PasswordHash.Verify(password, hash) != PasswordVerdict.Wrong);

    [Theory] // Openwall crypt_blowfish, wrapper.c, its test vectors; the first of jBCrypt's.
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", true)]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*", true)]
    [InlineData("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", true)]
    [InlineData("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", true)]
    [InlineData("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*V", false)]
    [InlineData("$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkY8jIucDrjc8deX1s.", "", false)] // a character short: no hash
    public void Verify_HashOfBcrypt_HoldsAndIsOutdated(string hash, string password, bool holds) =>
        Assert.Equal(holds ? PasswordVerdict.RightAndOutdated : PasswordVerdict.Wrong, PasswordHash.Verify(password, hash));

    [Fact]
    public void Create_Password_HoldsAndNoOtherDoes()
    {
        string hash = PasswordHash.Create("violet kettle");
        Assert.Equal(PasswordVerdict.Right, PasswordHash.Verify("violet kettle", hash));
        Assert.Equal(PasswordVerdict.Wrong, PasswordHash.Verify("violet kettlf", hash));
        Assert.NotEqual(hash, PasswordHash.Create("violet kettle"));
        Assert.Equal(PasswordVerdict.Wrong, PasswordHash.Verify("anything", null));
        Assert.Equal(PasswordVerdict.RightAndOutdated, PasswordHash.Verify("x", Argon2Hash.Create(Encoding.UTF8.GetBytes("x"), new Argon2Cost(1024, 1, 1))));
    }

    [Theory]
    [InlineData("$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")] // 95 GiB
    [InlineData("$argon2id$v=19$m=256,t=9999,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")] // hours
    [InlineData("password")]
    [InlineData("")]
    public void IsKnown_HashThatIsNoneOrCostsTooMuch_IsNot(string hash)
    {
        Assert.False(PasswordHash.IsKnown(hash));
        Assert.Equal(PasswordVerdict.Wrong, PasswordHash.Verify("password", hash));
    }

    [Theory]
    [InlineData("short", "ann", "the password has 5 characters; at least 12 are needed")]
    [InlineData("my name is ann and no more", "ann", "the password holds the login; choose one that does not")]
    [InlineData("aaaaaaaaaaaaaaaa", "ann", "the password is among the commonest, which are tried first; choose another")]
    [InlineData("password123456", "ann", "the password is among the commonest, which are tried first; choose another")]
    [InlineData("123456789012", "ann", "the password is among the commonest, which are tried first; choose another")]
    [InlineData("qwertyuiopas", "ann", "the password is among the commonest, which are tried first; choose another")]
    [InlineData("changemechangeme1", "ann", "the password is among the commonest, which are tried first; choose another")]
    [InlineData("violet kettle 42", "ann", null)]
    [InlineData("пароль из слов", "ann", null)]
    public void Refuse_Password_SaysWhy(string password, string login, string? expected) => Assert.Equal(expected, PasswordPolicy.Default.Refuse(password, login));

    [Fact]
    public void Refuse_PasswordThatIsTooLong_SaysHowLongItMayBe() =>
        Assert.Equal("the password has 129 characters; at most 128 are taken", PasswordPolicy.Default.Refuse(string.Concat(Enumerable.Range(0, 129).Select(i => (char)('a' + (i * 7 % 26)))), "ann"));

    private static byte[] Fill(int length, byte value)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, value);
        return bytes;
    }
}
