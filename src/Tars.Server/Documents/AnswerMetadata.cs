using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tars.Server.Documents;

/// <summary>What the OpenAPI document is told of a route beside its policy.</summary>
internal static class AnswerMetadata
{
    /// <summary>Says what a route takes and answers.</summary>
    /// <typeparam name="T">The document of an answer.</typeparam>
    /// <param name="builder">The route.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="problems">Statuses of its own errors, beside those that its policy brings.</param>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder builder, ApiParameters parameters, params ReadOnlySpan<int> problems) => builder.Answers<T>(parameters, false, problems);

    /// <summary>Says what a route takes, and checks of it what can be checked before its handler: parameters, and which forms of an answer are wanted. Its body is checked by who reads it.</summary>
    /// <param name="builder">The route.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="body">Its body; null for none.</param>
    /// <param name="problems">Statuses of its own errors, beside those that its policy and its body bring.</param>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder builder, ApiParameters parameters, ApiBody? body, params ReadOnlySpan<int> problems)
    {
        builder.WithMetadata(parameters, new ProblemStatuses([.. problems])).AddEndpointFilter((context, next) =>
        {
            RequestValues.Read(context.HttpContext, parameters);
            _ = Representations.Of(context.HttpContext, Representations.JsonAlone);
            return next(context);
        });
        return body is null ? builder : builder.WithMetadata(body);
    }

    /// <summary>Says that a route hands out a file.</summary>
    public static RouteHandlerBuilder Downloads(this RouteHandlerBuilder builder, ApiParameters parameters) => builder
        .WithMetadata(parameters, new ProblemStatuses([StatusCodes.Status404NotFound]), new HasTag())
        .Produces(StatusCodes.Status200OK, null, "application/octet-stream", "application/json", "text/markdown", "text/html", "text/csv", "application/pdf");

    /// <summary>Says what a route takes and answers.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder builder, ApiParameters parameters, bool isList, params ReadOnlySpan<int> problems)
    {
        string[] types = isList ? [Representations.Lines, Representations.Csv] : [];
        return builder.WithMetadata(parameters, new ProblemStatuses([.. problems]), new HasTag()).Produces<T>(StatusCodes.Status200OK, Representations.Json, types);
    }
}

/// <summary>Statuses of errors of a route.</summary>
/// <param name="Statuses">The statuses.</param>
internal sealed record ProblemStatuses(IReadOnlyList<int> Statuses);

/// <summary>That the answers of a route have an entity tag, so that 304 may be answered.</summary>
internal sealed record HasTag;
