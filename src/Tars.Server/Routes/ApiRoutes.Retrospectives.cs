using Tars.Server.Access;

namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>The newest retrospective.</summary>
    public static readonly ApiRoute GetRetrospective = new("GET", "/api/retrospective", "getRetrospective", "The newest retrospective", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/retrospective"] };

    /// <summary>Files of retrospectives.</summary>
    public static readonly ApiRoute GetRetrospectiveFiles = new("GET", "/api/retrospective/files", "listRetrospectiveFiles", "Files of retrospectives, those of the newest first", Role.ReadOnly, LimitClass.Role, RequestAudit.Read);

    /// <summary>Formats of retrospectives.</summary>
    public static readonly ApiRoute GetRetrospectiveFormats = new("GET", "/api/retrospective/formats", "listRetrospectiveFormats", "Formats of retrospectives", Role.ReadOnly, LimitClass.Role, RequestAudit.Read);

    /// <summary>Files of reports of a period.</summary>
    public static readonly ApiRoute GetAvailabilityFiles = new("GET", "/api/ga/files", "listGeneralAvailabilityFiles", "Files of reports of a period, those of the newest first", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/ga/files"] };

    /// <summary>Downloads a retrospective in a format.</summary>
    public static readonly ApiRoute DownloadRetrospective = new("GET", "/api/retrospective/download", "downloadRetrospective", "Downloads a retrospective in a format", Role.Admin, LimitClass.Download, RequestAudit.Always) { Aliases = ["/retrospective/download"] };

    /// <summary>Downloads a retrospective as Markdown.</summary>
    public static readonly ApiRoute DownloadRetrospectiveMarkdown = new("GET", "/api/retrospective/markdown", "downloadRetrospectiveMarkdown", "Downloads a retrospective as Markdown", Role.Admin, LimitClass.Download, RequestAudit.Always) { Aliases = ["/retrospective/markdown"] };

    /// <summary>Downloads a retrospective as JSON.</summary>
    public static readonly ApiRoute DownloadRetrospectiveJson = new("GET", "/api/retrospective/json", "downloadRetrospectiveJson", "Downloads a retrospective as JSON", Role.Admin, LimitClass.Download, RequestAudit.Always) { Aliases = ["/retrospective/json"] };

    /// <summary>Downloads a file of a retrospective.</summary>
    public static readonly ApiRoute DownloadRetrospectiveFile = new("GET", "/api/retrospective/download/{filename}", "downloadRetrospectiveFile", "Downloads a file of a retrospective, byte for byte", Role.Admin, LimitClass.Download, RequestAudit.Always);

    private static IEnumerable<ApiRoute> OfRetrospectives =>
    [
        GetAvailabilityFiles, GetRetrospective, GetRetrospectiveFiles, GetRetrospectiveFormats, DownloadRetrospective, DownloadRetrospectiveMarkdown, DownloadRetrospectiveJson, DownloadRetrospectiveFile,
    ];
}
