using Tars.Storage.Blobs.S3;
using Xunit;

namespace Tars.Storage.Tests.Blobs;

/// <summary>Runs alone, because it changes the environment of the process.</summary>
[CollectionDefinition(nameof(S3EnvironmentTests), DisableParallelization = true)]
public sealed class AloneWithItsEnvironment;

/// <summary>What the machine says about AWS, and that it does not matter unless asked.</summary>
[Collection(nameof(S3EnvironmentTests))]
public sealed class S3EnvironmentTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_InAMisleadingEnvironment_TakesNothingFromIt()
    {
        await using S3Place place = await S3Place.StartAsync(cancellationToken: Cancelled);
        using Variables _ = new(
            ("AWS_ACCESS_KEY_ID", "someone-else"), ("AWS_SECRET_ACCESS_KEY", "wrong"), ("AWS_SESSION_TOKEN", "wrong"), ("AWS_REGION", "us-west-2"), ("AWS_DEFAULT_REGION", "us-west-2"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1"), ("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
            ("AWS_PROFILE", "nobody"), ("HTTP_PROXY", "http://127.0.0.1:1"), ("http_proxy", "http://127.0.0.1:1"), ("ALL_PROXY", "http://127.0.0.1:1"));
        await place.Open(place.Options).CheckAsync(Cancelled);
    }

    [Fact]
    public async Task Check_WithCredentialsOfTheMachine_TakesThem()
    {
        await using S3Place place = await S3Place.StartAsync(cancellationToken: Cancelled);
        using Variables _ = new(("AWS_ACCESS_KEY_ID", place.Keys.AccessKeyId), ("AWS_SECRET_ACCESS_KEY", place.Keys.SecretAccessKey), ("AWS_SESSION_TOKEN", null));
        await place.Open(place.Options with { Credentials = S3Credentials.OfTheMachine }).CheckAsync(Cancelled);
    }

    /// <summary>Variables of this process, put back as they were on disposal.</summary>
    private sealed class Variables : IDisposable
    {
        private readonly List<(string Name, string? Value)> _before = [];

        internal Variables(params (string Name, string? Value)[] values)
        {
            foreach ((string name, string? value) in values)
            {
                _before.Add((name, Environment.GetEnvironmentVariable(name)));
                Environment.SetEnvironmentVariable(name, value);
            }
        }

        public void Dispose() => _before.ForEach(variable => Environment.SetEnvironmentVariable(variable.Name, variable.Value));
    }
}
