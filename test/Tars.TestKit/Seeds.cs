using System.Globalization;
using System.Runtime.CompilerServices;
using Xunit;

namespace Tars.TestKit;

/// <summary>Seeds for randomised tests: drawn anew at run time, printed, and repeatable with <c>TARS_TEST_SEED</c>.</summary>
public static class Seeds
{
    /// <summary>Name of the variable that fixes the seed.</summary>
    public const string Variable = "TARS_TEST_SEED";

    /// <summary>
    /// The value of <c>TARS_TEST_SEED</c> when set, else a new random non-negative seed. Printed to the running test's output
    /// with the caller's name, so that a failure says how to repeat it.
    /// </summary>
    public static int Draw([CallerMemberName] string purpose = "")
    {
        string? fixedSeed = Environment.GetEnvironmentVariable(Variable);
        int seed = string.IsNullOrEmpty(fixedSeed)
            ? Random.Shared.Next()
            : int.Parse(fixedSeed, NumberStyles.None, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"{purpose}: seed {seed} (repeat with {Variable}={seed})");
        return seed;
    }

    /// <summary><paramref name="count"/> seeds that follow from one drawn (and printed) seed.</summary>
    public static int[] DrawMany(int count, [CallerMemberName] string purpose = "")
    {
        Random random = new(Draw(purpose));
        return [.. Enumerable.Range(0, count).Select(_ => random.Next())];
    }
}
