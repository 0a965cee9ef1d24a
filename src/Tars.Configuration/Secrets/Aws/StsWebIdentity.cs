using System.Globalization;
using System.Text;
using System.Xml;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>
/// Exchanges an identity token for credentials of a role. The call is not signed: the token is the credential, and its file is read each
/// time, because whoever issues it replaces it. Source: AWS STS API Reference, <c>AssumeRoleWithWebIdentity</c>.
/// </summary>
internal sealed class StsWebIdentity(AwsSurroundings surroundings, SecretConnection connection)
{
    /// <summary>Assumes a role.</summary>
    /// <param name="role">The role's ARN.</param>
    /// <param name="tokenFile">The file with the token.</param>
    /// <param name="source">What names the file.</param>
    /// <param name="session">A name for the session; null for one of its own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SecretBackendException">STS refuses or does not answer.</exception>
    public async Task<AwsCredentials> AssumeAsync(string role, string tokenFile, string source, string? session, CancellationToken cancellationToken)
    {
        Uri address = surroundings.Sts(surroundings.Region());
        using SecretResponse response = await connection.SendAsync(
            () =>
            {
                using Secret token = BoundedFile.ReadToken(tokenFile, source);
                byte[] bytes = token.Bytes.ToArray();
                SecretRequest request = new SecretRequest(HttpMethod.Post, address).WithForm(
                    ("Action", "AssumeRoleWithWebIdentity"u8.ToArray()),
                    ("Version", "2011-06-15"u8.ToArray()),
                    ("RoleArn", Encoding.UTF8.GetBytes(role)),
                    ("RoleSessionName", Encoding.UTF8.GetBytes(session ?? "tars")),
                    ("WebIdentityToken", bytes));
                Array.Clear(bytes);
                return request;
            },
            answer => SecretConnection.IsPassing(answer) || Code(answer) is "IDPCommunicationError" or "Throttling" or "ThrottlingException",
            cancellationToken).ConfigureAwait(false);
        return response.IsSuccess ? Credentials(response, role) : throw Refusal(Code(response), response, role, source);
    }

    private static SecretBackendException Refusal(string? code, SecretResponse response, string role, string source)
    {
        string shown = code is null ? "" : $" {code}";
        return SecretBackendException.Refused(code switch
        {
            "ExpiredTokenException" => $"STS refuses the token of {source}: it has expired; whoever writes the file has to renew it",
            "InvalidIdentityToken" => $"STS refuses the token of {source}: its issuer is not the identity provider that AWS knows, or its signature is wrong",
            "IDPRejectedClaim" => $"STS refuses the token of {source}: the identity provider rejects a claim in it",
            "AccessDenied" => $"STS refuses {role} for the token of {source}: the role's trust policy does not admit it",
            _ => $"STS answered {(int)response.Status}{shown} when asked for {role}",
        });
    }

    private static string? Code(SecretResponse response)
    {
        using ClearedChars? code = Find(response, "Code");
        return code is null ? null : AwsErrors.Known(new string(code.Span));
    }

    private static AwsCredentials Credentials(SecretResponse response, string role)
    {
        using ClearedChars? id = Find(response, "AccessKeyId");
        using ClearedChars? key = Find(response, "SecretAccessKey");
        using ClearedChars? token = Find(response, "SessionToken");
        using ClearedChars? end = Find(response, "Expiration");
        return id is { Span.Length: > 0 } && key is { Span.Length: > 0 } && token is { Span.Length: > 0 } && end is not null
            && DateTimeOffset.TryParse(end.Span, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset expires)
            ? new AwsCredentials(new string(id.Span), Secret.Of(key.Span), Secret.Of(token.Span), expires, role)
            : throw response.Malformed("something other than the credentials of AssumeRoleWithWebIdentity");
    }

    // The answers are XML; each element sought occurs once in them.
    private static ClearedChars? Find(SecretResponse response, string element)
    {
        XmlReaderSettings settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 1 << 20 };
        try
        {
            using Stream stream = response.OpenBody();
            using XmlReader reader = XmlReader.Create(stream, settings);
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && reader.LocalName == element && !reader.IsEmptyElement && reader.Read() && reader.NodeType == XmlNodeType.Text)
                {
                    return ClearedChars.Read(reader);
                }
            }
        }
        catch (XmlException)
        {
            // Whoever needs the element says that the answer is malformed.
        }

        return null;
    }
}
