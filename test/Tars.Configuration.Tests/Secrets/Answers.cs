using Tars.Configuration.Secrets;

namespace Tars.Configuration.Tests.Secrets;

/// <summary>Takes answers apart, so that a failing test shows which answer it was.</summary>
internal static class Answers
{
    public static string Found(this SecretAnswer answer)
    {
        using Secret value = Assert.IsType<SecretAnswer.Found>(answer).Value;
        return value.Reveal();
    }

    public static string Refused(this SecretAnswer answer) => Assert.IsType<SecretAnswer.Refused>(answer).Reason;

    public static string Unreachable(this SecretAnswer answer) => Assert.IsType<SecretAnswer.Unreachable>(answer).Reason;
}
