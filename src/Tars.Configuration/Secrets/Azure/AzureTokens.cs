using System.Globalization;
using System.Text;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Azure;

/// <summary>
/// Gets tokens: with an application's secret, with a token of another issuer (workload identity; its file is read each time), or for the
/// machine's managed identity. Sources: Microsoft identity platform, "OAuth 2.0 client credentials flow"; "How to use managed identities for
/// Azure resources on a virtual machine to acquire an access token". Not supported: certificates, App Service's and Arc's identity endpoints.
/// </summary>
internal sealed class AzureTokens(AzureLogin login, SecretConnection connection, TimeProvider time)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>Gets a token.</summary>
    /// <param name="resource">What it is for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SecretBackendException">There is none.</exception>
    public Task<AccessToken> GetAsync(string resource, CancellationToken cancellationToken) =>
        login.IsManagedIdentity ? ForMachineAsync(resource, cancellationToken) : ForApplicationAsync(resource, cancellationToken);

    private async Task<AccessToken> ForApplicationAsync(string resource, CancellationToken cancellationToken)
    {
        string client = login.ClientId ?? throw SecretBackendException.Refused("no Azure application is named; set secrets.azure_client_id");
        Uri address = new(login.Authority(), $"/{login.Tenant()}/oauth2/v2.0/token");
        using SecretResponse response = await connection.SendAsync(() => Request(address, client, resource), null, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess)
        {
            return OAuthToken.Read(response, time);
        }

        string? error = OAuthToken.ErrorOf(response);
        string shown = string.Join(' ', new[] { error, Code(response) }.Where(part => part is not null));
        string reason = error switch
        {
            "invalid_client" => $"the {(login.ClientSecret is null ? "federated token" : "client secret")} is wrong or has expired",
            "unauthorized_client" => "the application is not known in the tenant, or is disabled",
            "invalid_request" => "it takes no such tenant, application or token",
            "invalid_scope" or "invalid_resource" => $"it gives no token for {resource}",
            _ => $"it answered {(int)response.Status}",
        };
        throw SecretBackendException.Refused($"{response.Place} refuses {login.Source}{(shown.Length > 0 ? $" ({shown})" : "")}: {reason}{ClockSkew.Explain(response, time)}");
    }

    private SecretRequest Request(Uri address, string client, string resource)
    {
        bool isSecret = login.ClientSecret is not null;
        using Secret credential = login.ClientSecret is { } text ? Secret.Of(text) : BoundedFile.ReadToken(login.FederatedTokenFile!, "AZURE_FEDERATED_TOKEN_FILE");
        byte[] bytes = credential.Bytes.ToArray();
        byte[] scope = Encoding.UTF8.GetBytes($"{resource}/.default");
        SecretRequest request = new(HttpMethod.Post, address);
        request = isSecret
            ? request.WithForm(("grant_type", "client_credentials"u8.ToArray()), ("client_id", Encoding.UTF8.GetBytes(client)), ("scope", scope), ("client_secret", bytes))
            : request.WithForm(
                ("grant_type", "client_credentials"u8.ToArray()), ("client_id", Encoding.UTF8.GetBytes(client)), ("scope", scope),
                ("client_assertion_type", Encoding.ASCII.GetBytes(AssertionType)), ("client_assertion", bytes));
        Array.Clear(bytes);
        return request;
    }

    private async Task<AccessToken> ForMachineAsync(string resource, CancellationToken cancellationToken)
    {
        string identity = login.ClientId is { } client ? $"&client_id={Uri.EscapeDataString(client)}" : "";
        Uri address = new(login.InstanceMetadata(), $"/metadata/identity/oauth2/token?api-version=2018-02-01&resource={Uri.EscapeDataString(resource)}{identity}");
        SecretResponse? answered = null;
        try
        {
            // The documentation asks to repeat 404 and 410 too: the service is being updated.
            answered = await connection.SendAsync(
                () => new SecretRequest(HttpMethod.Get, address).With("Metadata", "true"),
                response => SecretConnection.IsPassing(response) || (int)response.Status is 404 or 410, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretBackendException exception)
        {
            throw SecretBackendException.Unreachable(
                $"no client secret and no federated token is set, and no managed identity answers ({exception.Message}); set secrets.azure_client_secret outside Azure", exception);
        }

        using SecretResponse response = answered;
        return response.IsSuccess
            ? OAuthToken.Read(response, time)
            : throw SecretBackendException.Refused($"{response.Place} answered {(int)response.Status}; does the machine have {(login.ClientId is null ? "an identity" : "the identity secrets.azure_client_id")}?");
    }

    // Only the number: the text beside it can repeat what was sent.
    private static string? Code(SecretResponse response)
    {
        try
        {
            string? text = JsonFields.FindText(response.Body, "error_description");
            const string Mark = "AADSTS";
            if (text is null || !text.StartsWith(Mark, StringComparison.Ordinal))
            {
                return null;
            }

            string digits = new([.. text[Mark.Length..].TakeWhile(char.IsAsciiDigit).Take(9)]);
            return digits.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Mark}{digits}") : null;
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }
}
