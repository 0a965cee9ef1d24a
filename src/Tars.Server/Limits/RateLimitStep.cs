using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tars.Configuration.Layers;
using Tars.Server.Access;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Limits;

/// <summary>The step that counts requests and refuses what is too many.</summary>
internal sealed class RateLimitStep(RequestDelegate next, RequestRules rules, RateLimiter limiter)
{
    private const string Limit = "RateLimit";
    private const string Policy = "RateLimit-Policy";

    /// <summary>Counts a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        ApiRoute? route = context.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>();
        if (!rules.TryFind(route, Caller.Of(context), context.Connection.RemoteIpAddress, out LimitKey key))
        {
            return next(context);
        }

        ValueTask<LimitDecision> asked = limiter.TakeAsync(key);
        return asked.IsCompletedSuccessfully ? DecideAsync(context, key.Rule, asked.Result) : WaitAsync(context, key.Rule, asked);
    }

    private async Task WaitAsync(HttpContext context, LimitRule rule, ValueTask<LimitDecision> asked) => await DecideAsync(context, rule, await asked);

    private Task DecideAsync(HttpContext context, LimitRule rule, LimitDecision decision)
    {
        long reset = Math.Max(1, (long)Math.Ceiling(decision.ResetAfter.TotalSeconds));
        IHeaderDictionary headers = context.Response.Headers;
        headers[Policy] = rule.Policy;
        headers[Limit] = string.Create(CultureInfo.InvariantCulture, $"{rule.Quoted};r={decision.Remaining};t={reset}");
        return decision.IsAdmitted
            ? next(context)
            : ProblemAnswer.WriteAsync(
                context,
                ErrorCode.RateLimited,
                string.Create(CultureInfo.InvariantCulture, $"the limit {rule.Name} is {rule.Requests} requests in {rule.Window.TotalSeconds:0.###} seconds; ask again in {reset} seconds"),
                retryAfter: decision.ResetAfter);
    }
}

/// <summary>Puts rate limits into a server.</summary>
internal static class RateLimitSteps
{
    /// <summary>Adds what counts requests: in Redis where the configuration names one.</summary>
    public static void AddRateLimits(this IServiceCollection services, LoadedSettings loaded)
    {
        RateLimitSettings settings = RateLimitSettings.Of(loaded);
        services.AddSingleton(settings).AddSingleton<RequestRules>().AddSingleton(provider => new MemoryLimiter(provider.GetRequiredService<TimeProvider>()));
        if (settings.IsEnabled && RedisSettings.Of(loaded) is { } redis)
        {
            services.AddSingleton(provider => new RedisWindows(redis, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton(provider => new SharedLimiter(
                provider.GetRequiredService<RedisWindows>(),
                provider.GetRequiredService<MemoryLimiter>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SharedLimiter>>(),
                settings.Public.Window));
            services.AddHostedService(provider => provider.GetRequiredService<SharedLimiter>());
        }

        services.AddSingleton(provider => new RateLimiter(provider.GetRequiredService<MemoryLimiter>(), provider.GetService<SharedLimiter>()));
    }

    /// <summary>Counts requests, after it is known who calls.</summary>
    public static void UseRateLimits(this IApplicationBuilder server)
    {
        if (server.ApplicationServices.GetRequiredService<RateLimitSettings>().IsEnabled)
        {
            RequestRules rules = server.ApplicationServices.GetRequiredService<RequestRules>();
            RateLimiter limiter = server.ApplicationServices.GetRequiredService<RateLimiter>();
            server.Use(next => new RateLimitStep(next, rules, limiter).InvokeAsync);
        }
    }
}
