using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Tars.Server.Problems;

namespace Tars.Server.Documents;

/// <summary>The parameters of one request, checked. What is wrong is told of all of them at once, by name.</summary>
public sealed class RequestValues
{
    private const string Day = "yyyy-MM-dd";
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private RequestValues()
    {
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="ProblemException">One is not known, given twice, or not of its form.</exception>
    public static RequestValues Read(HttpContext context, ApiParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(parameters);
        RequestValues values = new();
        SortedDictionary<string, string[]> errors = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, StringValues> given in context.Request.Query)
        {
            if (parameters.Items.FirstOrDefault(parameter => parameter.Place == ParameterPlace.Query && parameter.Name == given.Key) is null)
            {
                string[] names = [.. parameters.Items.Where(parameter => parameter.Place == ParameterPlace.Query).Select(parameter => parameter.Name)];
                errors[given.Key.Length is > 0 and <= 100 ? given.Key : "(query)"] = [names.Length == 0 ? "this route takes no parameters" : $"is no parameter of this route; there are: {string.Join(", ", names)}"];
            }
        }

        foreach (ApiParameter parameter in parameters.Items)
        {
            StringValues given = parameter.Place switch
            {
                ParameterPlace.Path => context.GetRouteValue(parameter.Name)?.ToString(),
                ParameterPlace.Header => context.Request.Headers[parameter.Name],
                _ => context.Request.Query[parameter.Name],
            };
            if (given.Count > 1)
            {
                errors[parameter.Name] = ["is given more than once"];
            }
            else if (given is [{ } text])
            {
                if (RefusalOf(parameter.Form, text) is { } refusal)
                {
                    errors[parameter.Name] = [refusal];
                }
                else
                {
                    values._texts[parameter.Name] = text;
                }
            }
        }

        return errors.Count == 0 ? values : throw new ProblemException(ErrorCode.Validation, $"{(errors.Count == 1 ? "A parameter is" : "Parameters are")} not valid: {string.Join(", ", errors.Keys)}.", errors);
    }

    /// <summary>Whether it was given.</summary>
    public bool Has(ApiParameter parameter) => _texts.ContainsKey(parameter.Name);

    /// <summary>A text, or null.</summary>
    public string? Text(ApiParameter parameter) => _texts.GetValueOrDefault(parameter.Name);

    /// <summary>A number, or null.</summary>
    public int? Integer(ApiParameter parameter) => Text(parameter) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    /// <summary>A day, or null.</summary>
    public DateOnly? Date(ApiParameter parameter) => Text(parameter) is { } text ? DateOnly.ParseExact(text, Day, CultureInfo.InvariantCulture) : null;

    /// <summary>A switch, or null.</summary>
    public bool? Flag(ApiParameter parameter) => Text(parameter) is { } text ? text == "true" : null;

    /// <summary>Words between commas; empty when none was given.</summary>
    public IReadOnlyList<string> Several(ApiParameter parameter) => Text(parameter)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static string? RefusalOf(ParameterForm form, string text) => form switch
    {
        ParameterForm.Integer integer => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= integer.Least && number <= integer.Most
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"is no whole number from {integer.Least} to {integer.Most}"),
        ParameterForm.Date => DateOnly.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? null : "is no day; write for example 2026-01-31",
        ParameterForm.Id => Guid.TryParse(text, out _) ? null : "is no id; write for example 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        ParameterForm.Flag => text is "true" or "false" ? null : "is neither true nor false",
        ParameterForm.Choice { Several: false } choice => choice.Words.Contains(text) ? null : $"is none of {string.Join(", ", choice.Words)}",
        ParameterForm.Choice choice => text.Split(',', StringSplitOptions.TrimEntries) is var words && words.All(choice.Words.Contains) ? null : $"is no list of {string.Join(", ", choice.Words)}, with commas between",
        ParameterForm.Text any => text.Length == 0 ? "is empty" : text.Length > any.Longest ? string.Create(CultureInfo.InvariantCulture, $"is longer than {any.Longest} characters")
            : text.AsSpan().ContainsAnyInRange('\0', '\u001f') ? "holds a control character"
            : any.Several && text.Split(',', StringSplitOptions.TrimEntries).Contains(string.Empty) ? "holds an empty name; write names with commas between" : null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
