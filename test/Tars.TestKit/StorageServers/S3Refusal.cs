using System.Xml.Linq;
using Tars.TestKit.SecretServers;

namespace Tars.TestKit.StorageServers;

/// <summary>An error response with a code of the list "Error responses" in the API reference of Amazon S3.</summary>
internal sealed record S3Refusal(int Status, string Code, string Message)
{
    /// <summary>Further elements of the body, as the reference shows them for a code.</summary>
    internal IReadOnlyList<(string Name, string Value)> Details { get; init; } = [];

    internal static S3Refusal AccessDenied => new(403, "AccessDenied", "Access Denied");

    internal static S3Refusal SlowDown => new(503, "SlowDown", "Please reduce your request rate.");

    internal static S3Refusal InternalError => new(500, "InternalError", "We encountered an internal error. Please try again.");

    internal static S3Refusal NoSuchUpload => new(404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.");

    internal static S3Refusal NotImplemented(string what) => new(501, "NotImplemented", $"A header you provided implies functionality that is not implemented: {what}");

    internal static S3Refusal Precondition(string condition) =>
        new(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold") { Details = [("Condition", condition)] };

    internal Answer ToAnswer(string resource) => Answer.Text(Status, Body(resource), "application/xml");

    internal string Body(string resource) => new XDeclaration("1.0", "UTF-8", null) + "\n" + new XElement(
        "Error",
        new XElement("Code", Code),
        new XElement("Message", Message),
        Details.Select(detail => new XElement(detail.Name, detail.Value)),
        new XElement("Resource", resource),
        new XElement("RequestId", Guid.NewGuid().ToString("N")[..16].ToUpperInvariant()),
        new XElement("HostId", "written-from-documentation"));
}
