using System.Globalization;
using System.Text;

namespace Tars.Server.Tests.Fuzzing;

/// <summary>What must become of a part of a request.</summary>
internal enum Validity
{
    /// <summary>It fits the document, and must be taken.</summary>
    Valid,

    /// <summary>The document does not say all: whatever it names may follow.</summary>
    Unclear,

    /// <summary>It does not fit, and must be refused.</summary>
    Invalid,
}

/// <summary>Who calls.</summary>
internal enum Credential
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>Something that is no credential.</summary>
    Garbage,

    /// <summary>The role readonly.</summary>
    ReadOnly,

    /// <summary>The role sre.</summary>
    Sre,

    /// <summary>The role admin.</summary>
    Admin,
}

/// <summary>A part of a request, raw as it is sent.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, percent-encoded where it is of the address.</param>
/// <param name="Validity">What must become of it.</param>
internal sealed record Part(string Name, string Value, Validity Validity = Validity.Valid);

/// <summary>A body, raw.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="ContentType">The media type; null for none.</param>
/// <param name="Validity">What must become of it.</param>
internal sealed record RawBody(byte[] Bytes, string? ContentType, Validity Validity);

/// <summary>A request, in parts that can be left out.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Method">The method: that of the operation, HEAD, or one that the path does not know.</param>
/// <param name="Credential">Who calls.</param>
/// <param name="InPath">Parameters of the path.</param>
/// <param name="Query">Parameters of the query.</param>
/// <param name="Headers">More headers.</param>
/// <param name="Body">The body; null for none.</param>
internal sealed record FuzzedRequest(
    FuzzedOperation Operation, string Method, Credential Credential, IReadOnlyList<Part> InPath, IReadOnlyList<Part> Query, IReadOnlyList<Part> Headers, RawBody? Body)
{
    /// <summary>The path and the query as they are sent.</summary>
    public string Target => InPath.Aggregate(Operation.Path, (path, part) => path.Replace($"{{{part.Name}}}", part.Value, StringComparison.Ordinal))
        + (Query.Count == 0 ? string.Empty : "?" + string.Join('&', Query.Select(part => part.Name.Length == 0 ? part.Value : $"{part.Name}={part.Value}")));

    /// <summary>Whether it is the path's method, or HEAD of what can be got.</summary>
    public bool IsMethodOfOperation => Method == Operation.Method || (Method == "HEAD" && Operation.Method == "GET");

    /// <summary>Whether the web server itself may refuse it, before there is a request: a target of more than a line, or one that is no address.</summary>
    public bool IsBeyondHttp => Target.Length > 8000 || InPath.Any(part => part.Value.Contains("%00", StringComparison.Ordinal) || part.Value.AsSpan().ContainsAnyExceptInRange('!', '~'));

    /// <summary>What must become of the parameters and the body together.</summary>
    public Validity Validity => InPath.Concat(Query).Select(part => part.Validity).Append(BodyValidity).Max();

    private Validity BodyValidity => Operation.Body is null ? Validity.Valid : Body?.Validity ?? (Operation.NeedsBody ? Validity.Invalid : Validity.Unclear);

    /// <summary>Smaller requests, each with one part less or shorter.</summary>
    public IEnumerable<FuzzedRequest> Smaller()
    {
        for (int index = 0; index < Query.Count; index++)
        {
            yield return this with { Query = [.. Query.Where((_, at) => at != index)] };
        }

        for (int index = 0; index < Headers.Count; index++)
        {
            if (Headers[index].Name is not ("X-API-Key" or "Authorization"))
            {
                yield return this with { Headers = [.. Headers.Where((_, at) => at != index)] };
            }
        }

        if (Body is not null && Operation.Body is null)
        {
            yield return this with { Body = null };
        }
    }

    /// <summary>The request as a line of a shell; credentials are variables.</summary>
    public string Curl(Uri server)
    {
        StringBuilder line = new("curl -sS -i --path-as-is ");
        line.Append(Method == "HEAD" ? "--head" : $"-X {Method}");
        line.Append(Credential switch
        {
            Credential.None or Credential.Garbage => string.Empty,
            _ => $" -H \"X-API-Key: ${Credential.ToString().ToUpperInvariant()}_KEY\"",
        });
        foreach (Part header in Headers)
        {
            line.Append(CultureInfo.InvariantCulture, $" -H {Quote($"{header.Name}: {header.Value}")}");
        }

        if (Body is { } body)
        {
            line.Append(CultureInfo.InvariantCulture, $" -H {Quote($"Content-Type: {body.ContentType}")} --data-binary @<(base64 -d <<< {Convert.ToBase64String(body.Bytes)}) # {Encoding.UTF8.GetString(body.Bytes.AsSpan(0, Math.Min(body.Bytes.Length, 300)))}\n ");
        }

        return line.Append(CultureInfo.InvariantCulture, $" {Quote(new Uri(server, "/").ToString().TrimEnd('/') + Target)}").ToString();
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
