using Tars.Configuration.Secrets;

namespace Tars.Configuration.Tests.Secrets;

public sealed class EnvironmentSecretsTests
{
    [Theory]
    [InlineData("jwt_secret", "TARS_SECRET_JWT_SECRET")]
    [InlineData("database/creds/app#password", "TARS_SECRET_DATABASE_CREDS_APP_PASSWORD")]
    [InlineData("a-b.c", "TARS_SECRET_A_B_C")]
    public void VariableOf_Name_IsUpperCaseWithUnderscores(string name, string variable) => Assert.Equal(variable, EnvironmentSecrets.VariableOf(name));

    [Theory]
    [InlineData("TARS_SECRET_TOKEN=a TOKEN=b", "TOKEN", "a", "environment variable TARS_SECRET_TOKEN")]
    [InlineData("TOKEN=b", "TOKEN", "b", "environment variable TOKEN")]
    [InlineData("TARS_SECRET_TOKEN= TOKEN=b", "TOKEN", "b", "environment variable TOKEN")]
    [InlineData("TOKEN=", "TOKEN", null, "environment variables TARS_SECRET_TOKEN and TOKEN")]
    [InlineData("token=b", "TOKEN", null, "environment variables TARS_SECRET_TOKEN and TOKEN")]
    public async Task FindAsync_Variables_TakesTheOwnOneFirst(string variables, string name, string? value, string place)
    {
        Dictionary<string, string> environment = variables.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        SecretAnswer answer = await new EnvironmentSecrets(environment).FindAsync(name, TestContext.Current.CancellationToken);

        Assert.Equal(value, (answer as SecretAnswer.Found)?.Value.Reveal());
        Assert.Equal(place, answer is SecretAnswer.Found found ? found.Place : ((SecretAnswer.Absent)answer).Place);
    }
}
