using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Tars.Server.Documentation;

/// <summary>The OpenAPI document as one page to read: no script, nothing from elsewhere.</summary>
internal static class ReferencePage
{
    private const string Style = """
        body{font:16px/1.5 system-ui,sans-serif;margin:0;display:flex;color:#1b1f24}nav{width:20rem;height:100vh;overflow:auto;position:sticky;top:0;background:#f5f6f8;padding:1rem;box-sizing:border-box;font-size:14px}
        nav a{display:block;color:inherit;text-decoration:none;padding:.1rem 0}main{padding:1rem 2rem;max-width:60rem}h2{border-top:1px solid #d0d7de;padding-top:1.5rem}code,pre{font:13px/1.4 ui-monospace,monospace;background:#f5f6f8}
        pre{padding:.8rem;overflow:auto}table{border-collapse:collapse;width:100%;font-size:14px}td,th{border:1px solid #d0d7de;padding:.3rem .5rem;text-align:left;vertical-align:top}b{font-family:ui-monospace,monospace}
        """;

    /// <summary>The page.</summary>
    /// <param name="openApi">The document as JSON.</param>
    public static byte[] Of(ReadOnlyMemory<byte> openApi)
    {
        using JsonDocument document = JsonDocument.Parse(openApi);
        JsonElement root = document.RootElement;
        StringBuilder menu = new();
        StringBuilder body = new();
        body.Append(CultureInfo.InvariantCulture, $"<h1>{Text(root.GetProperty("info"), "title")} API {Text(root.GetProperty("info"), "version")}</h1><p>{Text(root.GetProperty("info"), "description")}</p><p><a href=\"/openapi.json\">openapi.json</a> · <a href=\"/docs\">try it</a></p>");
        foreach (JsonProperty path in root.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject().Where(one => one.Value.ValueKind == JsonValueKind.Object))
            {
                string id = Text(operation.Value, "operationId");
                menu.Append(CultureInfo.InvariantCulture, $"<a href=\"#{id}\"><b>{operation.Name.ToUpperInvariant()}</b> {Encode(path.Name)}</a>");
                body.Append(CultureInfo.InvariantCulture, $"<h2 id=\"{id}\"><code>{operation.Name.ToUpperInvariant()} {Encode(path.Name)}</code></h2><p>{Text(operation.Value, "summary")}</p><p>{Text(operation.Value, "description")}</p>");
                Parameters(body, operation.Value);
                Responses(body, operation.Value);
            }
        }

        Schemas(menu, body, root.GetProperty("components").GetProperty("schemas"));
        return Encoding.UTF8.GetBytes($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>T.A.R.S. API</title><style>{Style}</style></head><body><nav>{menu}</nav><main>{body}</main></body></html>\n");
    }

    private static void Parameters(StringBuilder body, JsonElement operation)
    {
        if (!operation.TryGetProperty("parameters", out JsonElement parameters))
        {
            return;
        }

        body.Append("<table><tr><th>parameter</th><th>in</th><th>form</th><th></th></tr>");
        foreach (JsonElement parameter in parameters.EnumerateArray())
        {
            body.Append(CultureInfo.InvariantCulture, $"<tr><td><code>{Text(parameter, "name")}</code></td><td>{Text(parameter, "in")}</td><td>{Form(parameter.GetProperty("schema"))}</td><td>{Text(parameter, "description")}</td></tr>");
        }

        body.Append("</table>");
    }

    private static void Responses(StringBuilder body, JsonElement operation)
    {
        body.Append("<table><tr><th>status</th><th>answer</th><th></th></tr>");
        foreach (JsonProperty response in operation.GetProperty("responses").EnumerateObject())
        {
            string contents = response.Value.TryGetProperty("content", out JsonElement content)
                ? string.Join("<br>", content.EnumerateObject().Select(type => $"<code>{Encode(type.Name)}</code>{(type.Value.TryGetProperty("schema", out JsonElement schema) ? " " + Form(schema) : string.Empty)}"))
                : string.Empty;
            body.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(response.Name)}</td><td>{contents}</td><td>{Text(response.Value, "description")}</td></tr>");
        }

        body.Append("</table>");
    }

    private static void Schemas(StringBuilder menu, StringBuilder body, JsonElement schemas)
    {
        foreach (JsonProperty schema in schemas.EnumerateObject())
        {
            menu.Append(CultureInfo.InvariantCulture, $"<a href=\"#schema-{Encode(schema.Name)}\">{Encode(schema.Name)}</a>");
            body.Append(CultureInfo.InvariantCulture, $"<h2 id=\"schema-{Encode(schema.Name)}\">{Encode(schema.Name)}</h2><p>{Text(schema.Value, "description")}</p>");
            if (!schema.Value.TryGetProperty("properties", out JsonElement properties))
            {
                continue;
            }

            body.Append("<table><tr><th>field</th><th>form</th><th></th></tr>");
            foreach (JsonProperty property in properties.EnumerateObject())
            {
                body.Append(CultureInfo.InvariantCulture, $"<tr><td><code>{Encode(property.Name)}</code></td><td>{Form(property.Value)}</td><td>{Text(property.Value, "description")}</td></tr>");
            }

            body.Append("</table>");
        }
    }

    private static string Form(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return "any";
        }

        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            string name = reference.GetString()!.Split('/')[^1];
            return $"<a href=\"#schema-{Encode(name)}\">{Encode(name)}</a>";
        }

        if (schema.TryGetProperty("oneOf", out JsonElement several))
        {
            return string.Join(" or ", several.EnumerateArray().Select(Form));
        }

        string type = schema.TryGetProperty("type", out JsonElement types)
            ? types.ValueKind == JsonValueKind.Array ? string.Join(" or ", types.EnumerateArray().Select(one => one.GetString())) : types.GetString()!
            : "any";
        string format = schema.TryGetProperty("format", out JsonElement word) ? $" ({word.GetString()})" : string.Empty;
        string items = schema.TryGetProperty("items", out JsonElement item) ? $" of {Form(item)}" : schema.TryGetProperty("additionalProperties", out JsonElement more) ? $" of {Form(more)} by name" : string.Empty;
        string words = schema.TryGetProperty("enum", out JsonElement list) ? ": " + string.Join(", ", list.EnumerateArray().Select(one => one.ToString())) : string.Empty;
        return Encode(type + format) + items + Encode(words);
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? Encode(value.GetString()!) : string.Empty;

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
