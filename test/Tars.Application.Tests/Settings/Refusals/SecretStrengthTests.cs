using System.Security.Cryptography;
using Tars.Application.Settings.Refusals;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Settings.Refusals;

public class SecretStrengthTests
{
    // What the predecessor compiled in or documented, and habits.
    [Theory]
    [InlineData("your-secret-key-change-in-production")]
    [InlineData("YOUR-SECRET-KEY-CHANGE-IN-PRODUCTION")]
    [InlineData("dev-key-local")]
    [InlineData("admin123")]
    [InlineData("demo123")]
    [InlineData("supersecret")]
    [InlineData("tars_admin_default_key_change_in_prod")]
    [InlineData("changeme-changeme-changeme-changeme-0192")]
    public void Refuse_DefaultThatOthersKnow_IsRefused(string secret) =>
        Assert.Equal("is a default that others know; make one with 'openssl rand -base64 48'", SecretStrength.Refuse(secret, SecretStrength.PasswordBits));

    [Theory]
    [InlineData("")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789")]
    [InlineData("passwordpasswordpasswordpasswordpass")]
    [InlineData("hunter2hunter2hunter2hunter2hunter2h")]
    [InlineData("abababababababababababababababababab")]
    public void Refuse_TextThatRepeatsItself_IsRefusedWithoutShowingIt(string secret) =>
        Assert.Equal("repeats itself or is short, and can be guessed; make one with 'openssl rand -base64 48'", SecretStrength.Refuse(secret, SecretStrength.SigningBits));

    [Fact]
    public void Refuse_RandomSecrets_AreTaken()
    {
        Random random = new(Seeds.Draw());
        foreach (string alphabet in (string[])["0123456789", "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"])
        {
            for (int i = 0; i < 2000; i++)
            {
                string secret = string.Concat(Enumerable.Range(0, 40).Select(_ => alphabet[random.Next(alphabet.Length)]));
                Assert.Null(SecretStrength.Refuse(secret, SecretStrength.SigningBits));
            }
        }

        Assert.Null(SecretStrength.Refuse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)), SecretStrength.SigningBits));
    }

    // By hand: four different letters in one period of four: 2 bits each, nothing a run.
    [Theory]
    [InlineData("adbc", 8)]
    [InlineData("adbcadbc", 8)]
    [InlineData("aaaa", 0)]
    [InlineData("", 0)]
    public void EstimateBits_SmallText_IsWhatAHandCounts(string text, double bits) => Assert.Equal(bits, SecretStrength.EstimateBits(text), 9);
}
