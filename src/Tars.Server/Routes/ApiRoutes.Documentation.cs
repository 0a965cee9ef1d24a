namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>The OpenAPI document.</summary>
    public static readonly ApiRoute GetOpenApi = new("GET", "/openapi.json", "getOpenApi", "This document", null, LimitClass.Public, RequestAudit.Never);

    /// <summary>Swagger UI.</summary>
    public static readonly ApiRoute GetSwagger = new("GET", "/docs", "getSwaggerUi", "The API to try, in a browser", null, LimitClass.Public, RequestAudit.Never);

    /// <summary>A file of Swagger UI.</summary>
    public static readonly ApiRoute GetSwaggerFile = new("GET", "/docs/{file}", "getSwaggerUiFile", "A file of the page /docs", null, LimitClass.Public, RequestAudit.Never);

    /// <summary>The reference.</summary>
    public static readonly ApiRoute GetReference = new("GET", "/redoc", "getReference", "The API to read, in a browser", null, LimitClass.Public, RequestAudit.Never);

    private static IEnumerable<ApiRoute> OfDocumentation => [GetOpenApi, GetSwagger, GetSwaggerFile, GetReference];
}
