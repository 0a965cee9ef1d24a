using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tars.Server.Auditing;

/// <summary>What whoever answers a request has to say for its event of the audit log. It may be told whether or not the request is audited.</summary>
public sealed class RequestEntry
{
    /// <summary>Who it is about, where no credential says: the user whose login is tried, and only one who exists. Sealed before it is written. Null where nobody is known.</summary>
    public string? Login { get; set; }

    /// <summary>What is done to it or read; null for the request's path. No name of a person.</summary>
    public string? Resource { get; set; }

    /// <summary>What else there is to say. Nothing in it may tell who a person is, and no secret.</summary>
    public JsonObject Data { get; } = [];

    /// <summary>Whether the outcome is in the log.</summary>
    internal bool IsWritten { get; set; }

    /// <summary>The entry of a request.</summary>
    public static RequestEntry Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        RequestEntry? entry = context.Features.Get<RequestEntry>();
        if (entry is null)
        {
            context.Features.Set(entry = new RequestEntry());
        }

        return entry;
    }
}
