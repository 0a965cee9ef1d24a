using System.Globalization;
using System.Text.RegularExpressions;
using Tars.TestKit.SecretServers;

namespace Tars.TestKit.StorageServers;

/// <summary>Single objects.</summary>
public sealed partial class S3Server
{
    private static Answer Delete(string key, SortedDictionary<string, S3Object> objects)
    {
        objects.Remove(key);
        return Answer.Empty(204);
    }

    /// <summary>"Prevent object overwrites with conditional writes": <c>If-None-Match</c> takes <c>*</c> only, <c>If-Match</c> an ETag.</summary>
    private static S3Refusal? Conditions(ReceivedRequest request, S3Object? present) => (request.Header("If-None-Match"), request.Header("If-Match")) switch
    {
        (null, null) => null,
        ("*", null) => present is null ? null : S3Refusal.Precondition("If-None-Match"),
        (null, { } etag) when present is null => new S3Refusal(404, "NoSuchKey", "The specified key does not exist.") { Details = [("ETag", etag)] },
        (null, { } etag) => etag.Trim('"') == present.ETag.Trim('"') ? null : S3Refusal.Precondition("If-Match"),
        _ => S3Refusal.NotImplemented("If-None-Match"),
    };

    private static (IReadOnlyList<(string Name, string Value)> Headers, S3Refusal? Refusal) Encryption(ReceivedRequest request)
    {
        const string kind = "x-amz-server-side-encryption";
        const string keyId = "x-amz-server-side-encryption-aws-kms-key-id";
        return (request.Header(kind) ?? "AES256", request.Header(keyId)) switch
        {
            ("AES256", null) => ([(kind, "AES256")], null),
            ("aws:kms", { } key) => ([(kind, "aws:kms"), (keyId, key)], null),
            ("aws:kms", null) => ([(kind, "aws:kms")], null),
            _ => ([], new S3Refusal(400, "InvalidArgument", "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms")),
        };
    }

    private Answer Put(ReceivedRequest request, S3Caller caller, string key, SortedDictionary<string, S3Object> objects)
    {
        ((string Name, string Value)? checksum, S3Refusal? refusal) = S3Checksums.Check(request, caller);
        (IReadOnlyList<(string, string)> encryption, S3Refusal? unfit) = Encryption(request);
        refusal ??= unfit ?? Conditions(request, objects.GetValueOrDefault(key));
        if (refusal is not null)
        {
            return refusal.ToAnswer(request.Path);
        }

        S3Object stored = new(caller.Content, S3Object.ETagOf(caller.Content), Now, request.Header("Content-Type") ?? "binary/octet-stream") { Checksum = checksum, Encryption = encryption };
        objects[key] = stored;
        Answer answer = Answer.Empty(200).With("ETag", stored.ETag);
        foreach ((string name, string value) in checksum is { } one ? [.. encryption, one, ("x-amz-checksum-type", "FULL_OBJECT")] : encryption)
        {
            answer = answer.With(name, value);
        }

        return answer;
    }

    private Answer Get(ReceivedRequest request, S3Caller caller, string bucket, string key, SortedDictionary<string, S3Object> objects)
    {
        if (!objects.TryGetValue(key, out S3Object? stored))
        {
            // "If the object you request doesn't exist, the error that Amazon S3 returns depends on whether you also have the s3:ListBucket permission."
            return _account.IsDenied(caller.Credentials, "s3:ListBucket")
                ? S3Refusal.AccessDenied.ToAnswer(request.Path)
                : new S3Refusal(404, "NoSuchKey", "The specified key does not exist.") { Details = [("Key", key), ("BucketName", bucket)] }.ToAnswer(request.Path);
        }

        if (request.Header("If-Match") is { } match && match.Trim('"') != stored.ETag.Trim('"'))
        {
            return S3Refusal.Precondition("If-Match").ToAnswer(request.Path);
        }

        if (request.Header("If-None-Match") is { } none && none.Trim('"') == stored.ETag.Trim('"'))
        {
            return Answer.Empty(304).With("ETag", stored.ETag);
        }

        Answer head = stored.Head(request.Header("x-amz-checksum-mode") == "ENABLED");
        if (request.Header("Range") is not { } range || RangeForm().Match(range) is not { Success: true } asked)
        {
            return head with { Body = stored.Content };
        }

        long length = stored.Content.Length;
        (string first, string last) = (asked.Groups["first"].Value, asked.Groups["last"].Value);
        long from = first.Length == 0 ? Math.Max(0, length - Number(last)) : Number(first);
        long to = first.Length == 0 || last.Length == 0 ? length - 1 : Math.Min(Number(last), length - 1);
        return from > to
            ? new S3Refusal(416, "InvalidRange", "The requested range is not satisfiable") { Details = [("RangeRequested", range), ("ActualObjectSize", $"{length}")] }.ToAnswer(request.Path)
            : (head with { Status = 206, Body = stored.Content.AsMemory((int)from, (int)(to - from + 1)) }).With("Content-Range", $"bytes {from}-{to}/{length}");
    }

    private static long Number(string digits) => long.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^bytes=(?<first>\d{0,15})-(?<last>\d{0,15})$", RegexOptions.ExplicitCapture)]
    private static partial Regex RangeForm();
}
