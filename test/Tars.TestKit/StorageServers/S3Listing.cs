using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;

namespace Tars.TestKit.StorageServers;

/// <summary>Answers in XML: ListObjectsV2 and ListMultipartUploads.</summary>
internal static class S3Listing
{
    private static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    internal static Answer Xml(string root, params (string Name, string Value)[] values) =>
        Xml(new XElement(Namespace + root, values.Select(value => new XElement(Namespace + value.Name, value.Value))));

    internal static Answer Objects(ReceivedRequest request, string bucket, SortedDictionary<string, S3Object> objects)
    {
        (int limit, string prefix) = (Limit(request, "max-keys"), request.Query("prefix") ?? "");
        string? token = request.Query("continuation-token");
        string after = request.Query("start-after") ?? "";
        if (token is not null)
        {
            byte[] bytes = new byte[token.Length];
            if (limit < 0 || !Convert.TryFromBase64String(token, bytes, out int written) || written == 0)
            {
                return new S3Refusal(400, "InvalidArgument", "The continuation token provided is incorrect").ToAnswer(request.Path);
            }

            after = Encoding.UTF8.GetString(bytes, 0, written); // opaque to a client; it overrules start-after
        }

        if (limit < 0 || request.Query("delimiter") is { Length: > 0 })
        {
            return new S3Refusal(400, "InvalidArgument", "max-keys is a number from 0 on; a delimiter is not covered here").ToAnswer(request.Path);
        }

        bool isEncoded = request.Query("encoding-type") == "url";
        string Text(string key) => isEncoded ? Uri.EscapeDataString(key) : key;
        KeyValuePair<string, S3Object>[] all = [.. objects.Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(one.Key, after) > 0)];
        KeyValuePair<string, S3Object>[] page = [.. all.Take(limit)];
        bool isTruncated = all.Length > page.Length && page.Length > 0;
        return Xml(new XElement(
            Namespace + "ListBucketResult",
            Element("Name", bucket),
            Element("Prefix", Text(prefix)),
            Element("KeyCount", page.Length),
            Element("MaxKeys", limit),
            isEncoded ? Element("EncodingType", "url") : null,
            Element("IsTruncated", isTruncated),
            token is null ? null : Element("ContinuationToken", token),
            isTruncated ? Element("NextContinuationToken", Convert.ToBase64String(Encoding.UTF8.GetBytes(page[^1].Key))) : null,
            page.Select(one => new XElement(
                Namespace + "Contents",
                Element("Key", Text(one.Key)),
                Element("LastModified", AwsTime.Iso(one.Value.Modified)),
                Element("ETag", one.Value.ETag),
                Element("Size", one.Value.Content.Length),
                Element("StorageClass", "STANDARD")))));
    }

    internal static Answer Uploads(ReceivedRequest request, string bucket, IEnumerable<S3Upload> uploads)
    {
        (int limit, string prefix) = (Limit(request, "max-uploads"), request.Query("prefix") ?? "");
        (string key, string id) = (request.Query("key-marker") ?? "", request.Query("upload-id-marker") ?? "");
        S3Upload[] all =
        [
            .. uploads.Where(upload => upload.Bucket == bucket && upload.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Where(upload => string.CompareOrdinal(upload.Key, key) > 0 || (upload.Key == key && id.Length > 0 && string.CompareOrdinal(upload.Id, id) > 0))
                .OrderBy(upload => upload.Key, StringComparer.Ordinal).ThenBy(upload => upload.Id, StringComparer.Ordinal),
        ];
        S3Upload[] page = [.. all.Take(Math.Max(limit, 0))];
        bool isTruncated = all.Length > page.Length && page.Length > 0;
        return Xml(new XElement(
            Namespace + "ListMultipartUploadsResult",
            Element("Bucket", bucket),
            Element("KeyMarker", key),
            Element("UploadIdMarker", id),
            isTruncated ? Element("NextKeyMarker", page[^1].Key) : null,
            isTruncated ? Element("NextUploadIdMarker", page[^1].Id) : null,
            Element("Prefix", prefix),
            Element("MaxUploads", limit),
            Element("IsTruncated", isTruncated),
            page.Select(upload => new XElement(
                Namespace + "Upload",
                Element("Key", upload.Key),
                Element("UploadId", upload.Id),
                Element("StorageClass", "STANDARD"),
                Element("Initiated", AwsTime.Iso(upload.Begun))))));
    }

    /// <summary>At most 1000; below zero when it is no number.</summary>
    private static int Limit(ReceivedRequest request, string name) =>
        request.Query(name) is not { } text ? 1000 : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? Math.Min(limit, 1000) : -1;

    private static XElement Element(string name, object value) => new(Namespace + name, value);

    private static Answer Xml(XElement root) => Answer.Text(200, new XDeclaration("1.0", "UTF-8", null) + "\n" + root, "application/xml");
}
