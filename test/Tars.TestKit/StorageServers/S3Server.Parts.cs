using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Tars.TestKit.SecretServers;

namespace Tars.TestKit.StorageServers;

/// <summary>Uploads in parts, from "Uploading and copying objects using multipart upload" and "Amazon S3 multipart upload limits".</summary>
public sealed partial class S3Server
{
    private const int LeastPart = 5 << 20;

    private S3Upload? Upload(string bucket, string key, string id) =>
        _uploads.TryGetValue(id, out S3Upload? upload) && upload.Bucket == bucket && upload.Key == key ? upload : null;

    private Answer Begin(ReceivedRequest request, string bucket, string key)
    {
        (IReadOnlyList<(string, string)> encryption, S3Refusal? refusal) = Encryption(request);
        if (refusal is not null)
        {
            return refusal.ToAnswer(request.Path);
        }

        string? algorithm = request.Header("x-amz-checksum-algorithm");
        if (algorithm is not (null or "SHA256" or "CRC32" or "CRC32C"))
        {
            return S3Refusal.NotImplemented("x-amz-checksum-algorithm").ToAnswer(request.Path);
        }

        S3Upload upload = new(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)), bucket, key, Now, request.Header("Content-Type") ?? "binary/octet-stream", algorithm) { Encryption = encryption };
        _uploads.Add(upload.Id, upload);
        Answer answer = S3Listing.Xml("InitiateMultipartUploadResult", ("Bucket", bucket), ("Key", key), ("UploadId", upload.Id));
        return algorithm is null ? answer : answer.With("x-amz-checksum-algorithm", algorithm);
    }

    private Answer PutPart(ReceivedRequest request, S3Caller caller, string bucket, string key, string id)
    {
        if (Upload(bucket, key, id) is not { } upload)
        {
            return S3Refusal.NoSuchUpload.ToAnswer(request.Path);
        }

        if (!int.TryParse(request.Query("partNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 10_000)
        {
            return new S3Refusal(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive").ToAnswer(request.Path);
        }

        ((string Name, string Value)? checksum, S3Refusal? refusal) = S3Checksums.Check(request, caller);
        if (refusal is null && upload.ChecksumAlgorithm is { } algorithm && checksum?.Name[^algorithm.Length..].ToUpperInvariant() != algorithm)
        {
            refusal = new S3Refusal(400, "InvalidRequest", $"Checksum Type mismatch occurred, expected checksum Type: {algorithm}, actual checksum Type: {checksum?.Name ?? "null"}");
        }

        if (refusal is not null)
        {
            return refusal.ToAnswer(request.Path);
        }

        S3Object part = new(caller.Content, S3Object.ETagOf(caller.Content), Now, "") { Checksum = checksum };
        upload.Parts[number] = part;
        Answer answer = Answer.Empty(200).With("ETag", part.ETag);
        return checksum is { } one ? answer.With(one.Name, one.Value) : answer;
    }

    private Answer Abort(ReceivedRequest request, string bucket, string key, string id)
    {
        if (Upload(bucket, key, id) is null)
        {
            return S3Refusal.NoSuchUpload.ToAnswer(request.Path);
        }

        _uploads.Remove(id);
        return Answer.Empty(204);
    }

    private Answer Complete(ReceivedRequest request, S3Caller caller, string bucket, string key, string id, SortedDictionary<string, S3Object> objects)
    {
        if (Upload(bucket, key, id) is not { } upload)
        {
            return S3Refusal.NoSuchUpload.ToAnswer(request.Path);
        }

        (List<S3Object> parts, S3Refusal? refusal) = Listed(upload, caller.Content);
        refusal ??= Conditions(request, objects.GetValueOrDefault(key));
        if (refusal is not null)
        {
            return refusal.ToAnswer(request.Path);
        }

        byte[] content = new byte[parts.Sum(part => part.Content.Length)];
        int at = 0;
        foreach (S3Object part in parts)
        {
            part.Content.CopyTo(content, at);
            at += part.Content.Length;
        }

        byte[] etags = [.. parts.SelectMany(part => Convert.FromHexString(part.ETag.Trim('"')))];
        S3Object stored = new(content, $"\"{Convert.ToHexStringLower(S3Object.Md5(etags))}-{parts.Count}\"", Now, upload.ContentType) { Checksum = Composite(parts), Encryption = upload.Encryption };
        objects[key] = stored;
        _uploads.Remove(id);
        return S3Listing.Xml("CompleteMultipartUploadResult", ("Location", request.Path), ("Bucket", bucket), ("Key", key), ("ETag", stored.ETag));
    }

    /// <summary>A checksum of checksums, of the kind COMPOSITE; SHA-256 only.</summary>
    private static (string Name, string Value)? Composite(List<S3Object> parts) => parts[0].Checksum is { Name: "x-amz-checksum-sha256" } one
        ? (one.Name, $"{Convert.ToBase64String(SHA256.HashData([.. parts.SelectMany(part => Convert.FromBase64String(part.Checksum!.Value.Value))]))}-{parts.Count}")
        : null;

    private static (List<S3Object> Parts, S3Refusal? Refusal) Listed(S3Upload upload, byte[] body)
    {
        XElement root;
        try
        {
            root = XElement.Parse(Encoding.UTF8.GetString(body));
        }
        catch (XmlException)
        {
            return ([], Malformed);
        }

        XElement[] listed = [.. root.Elements().Where(element => element.Name.LocalName == "Part")];
        if (root.Name.LocalName != "CompleteMultipartUpload" || listed.Length == 0)
        {
            return ([], Malformed);
        }

        List<S3Object> parts = [];
        int before = 0;
        foreach (XElement element in listed)
        {
            string? Value(string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value;
            int number = int.TryParse(Value("PartNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : 0;
            if (number <= before)
            {
                return ([], new S3Refusal(400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number."));
            }

            if (!upload.Parts.TryGetValue(number, out S3Object? part) || part.ETag.Trim('"') != Value("ETag")?.Trim('"')
                || (upload.ChecksumAlgorithm is { } algorithm && part.Checksum?.Value != Value("Checksum" + algorithm)))
            {
                return ([], new S3Refusal(400, "InvalidPart", "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."));
            }

            if (parts.Count > 0 && parts[^1].Content.Length < LeastPart)
            {
                return ([], new S3Refusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size") { Details = [("ProposedSize", $"{parts[^1].Content.Length}"), ("MinSizeAllowed", $"{LeastPart}")] });
            }

            parts.Add(part);
            before = number;
        }

        return (parts, null);
    }

    private static S3Refusal Malformed => new(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
}
