using System.Text;
using System.Text.Json;
using Tars.Verify.Checks;

namespace Tars.Verify.Reporting;

/// <summary>The findings as JSON: <c>verified</c>, and <c>checks</c> with <c>path</c>, <c>check</c>, <c>ok</c>, <c>message</c>, <c>notes</c>.</summary>
internal static class JsonReport
{
    internal static string Of(IReadOnlyList<Finding> findings)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteBoolean("verified", findings.All(finding => finding.IsGood));
            json.WriteStartArray("checks");
            foreach (Finding finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("path", finding.Path);
                json.WriteString("check", finding.Check);
                json.WriteBoolean("ok", finding.IsGood);
                json.WriteString("message", finding.Message);
                json.WriteStartArray("notes");
                foreach (string note in finding.Notes)
                {
                    json.WriteStringValue(note);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
