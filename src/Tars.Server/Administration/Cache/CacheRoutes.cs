using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Server.Documents;
using Tars.Server.Hosting;
using Tars.Server.Routes;
using Tars.Storage;

namespace Tars.Server.Administration.Cache;

/// <summary>Answers that are kept ready: asked anew, or forgotten. Neither is needed for right answers, which are never older than half a second.</summary>
internal sealed class CacheRoutes(Answers answers, StoreVersions versions)
{
    private static readonly ApiParameters Nothing = new();

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.RefreshData, (RequestDelegate)(context => AnswerAsync(context, versions.Forget))).Answers<CacheDocument>(Nothing);
        endpoints.Map(ApiRoutes.ClearCache, (RequestDelegate)(context => AnswerAsync(context, answers.Forget))).Answers<CacheDocument>(Nothing);
    }

    private async Task AnswerAsync(HttpContext context, Action act)
    {
        RequestValues.Read(context, Nothing);
        _ = Representations.Of(context, Representations.JsonAlone);
        act();
        StoreVersion version = await versions.CurrentAsync().ConfigureAwait(false);
        await Answers.WriteUnkeptAsync(
            context, new CacheDocument { Reports = version.Reports, NewestReportId = version.LastReport == 0 ? null : version.LastReport, ResolvedFindings = version.Resolved }, ApiJson.Default.CacheDocument).ConfigureAwait(false);
    }
}

/// <summary>The state of the store that answers are made of from now on.</summary>
public sealed record CacheDocument : ApiDocument
{
    /// <summary>How many reports are kept.</summary>
    public long Reports { get; init; }

    /// <summary>The newest of them; null when there is none.</summary>
    public long? NewestReportId { get; init; }

    /// <summary>How many findings somebody has dealt with.</summary>
    public long ResolvedFindings { get; init; }
}
