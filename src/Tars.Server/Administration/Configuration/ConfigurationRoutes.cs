using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Configuration.Interrogation;
using Tars.Server.Documents;
using Tars.Server.Hosting;
using Tars.Server.Routes;

namespace Tars.Server.Administration.Configuration;

/// <summary>The configuration in force: what <c>tars config show</c> shows. Of a secret it says only that there is one.</summary>
internal sealed class ConfigurationRoutes(ServerParts parts)
{
    private static readonly ApiParameters Nothing = new();

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.Map(ApiRoutes.GetConfiguration, (RequestDelegate)AnswerAsync).Answers<ConfigurationDocument>(Nothing);

    private Task AnswerAsync(HttpContext context)
    {
        RequestValues.Read(context, Nothing);
        _ = Representations.Of(context, Representations.JsonAlone);
        EffectiveSettings effective = EffectiveSettings.Of(parts.Settings);
        return Answers.WriteUnkeptAsync(context, new ConfigurationDocument { Profile = effective.Profile, Settings = effective.ToJson() }, ApiJson.Default.ConfigurationDocument);
    }
}

/// <summary>The configuration in force.</summary>
public sealed record ConfigurationDocument : ApiDocument
{
    /// <summary>The profile.</summary>
    public required string Profile { get; init; }

    /// <summary>Every section with its values, defaults included; (secret) stands for a secret.</summary>
    public required JsonObject Settings { get; init; }
}
