using Microsoft.AspNetCore.Http;

namespace Tars.Server.Problems;

/// <summary>What went wrong, by a word that never changes: the <c>error_code</c> of a problem document and the end of its <c>type</c>.</summary>
/// <param name="Code">The word, in capitals.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The same for everybody and every time.</param>
public sealed record ErrorCode(string Code, int Status, string Title)
{
    /// <summary>Who calls has not said who they are, or it does not hold.</summary>
    public static readonly ErrorCode Unauthorized = new("UNAUTHORIZED", StatusCodes.Status401Unauthorized, "A valid credential is needed");

    /// <summary>Who calls may not do this.</summary>
    public static readonly ErrorCode Forbidden = new("FORBIDDEN", StatusCodes.Status403Forbidden, "The role is not enough");

    /// <summary>There is no such thing.</summary>
    public static readonly ErrorCode NotFound = new("NOT_FOUND", StatusCodes.Status404NotFound, "There is no such resource");

    /// <summary>The path does not know the method.</summary>
    public static readonly ErrorCode MethodNotAllowed = new("METHOD_NOT_ALLOWED", StatusCodes.Status405MethodNotAllowed, "The method is not allowed here");

    /// <summary>No form that was asked for can be given.</summary>
    public static readonly ErrorCode NotAcceptable = new("NOT_ACCEPTABLE", StatusCodes.Status406NotAcceptable, "No such form");

    /// <summary>It does not fit what is there already.</summary>
    public static readonly ErrorCode Conflict = new("CONFLICT", StatusCodes.Status409Conflict, "It conflicts with what is there");

    /// <summary>A condition of the request does not hold.</summary>
    public static readonly ErrorCode PreconditionFailed = new("PRECONDITION_FAILED", StatusCodes.Status412PreconditionFailed, "It has changed meanwhile");

    /// <summary>The body is too large.</summary>
    public static readonly ErrorCode TooLarge = new("TOO_LARGE", StatusCodes.Status413PayloadTooLarge, "The body is too large");

    /// <summary>The body is of a form that is not read here.</summary>
    public static readonly ErrorCode UnsupportedMediaType = new("UNSUPPORTED_MEDIA_TYPE", StatusCodes.Status415UnsupportedMediaType, "The body's media type is not read here");

    /// <summary>The request is no HTTP that is understood.</summary>
    public static readonly ErrorCode BadRequest = new("BAD_REQUEST", StatusCodes.Status400BadRequest, "The request is malformed");

    /// <summary>A value is not as it should be.</summary>
    public static readonly ErrorCode Validation = new("VALIDATION_ERROR", StatusCodes.Status422UnprocessableEntity, "A value is not valid");

    /// <summary>Too many requests.</summary>
    public static readonly ErrorCode RateLimited = new("RATE_LIMITED", StatusCodes.Status429TooManyRequests, "Too many requests");

    /// <summary>The program itself broke.</summary>
    public static readonly ErrorCode Internal = new("INTERNAL", StatusCodes.Status500InternalServerError, "The server failed");

    /// <summary>Something that the server depends on cannot be used now.</summary>
    public static readonly ErrorCode Unavailable = new("UNAVAILABLE", StatusCodes.Status503ServiceUnavailable, "The server cannot do this now");
}
