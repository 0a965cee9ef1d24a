using System.Text;
using Tars.Reports.Charts;
using Tars.Reports.Formats;

namespace Tars.Reports.Pages;

/// <summary>A page that needs nothing else: its policy forbids every connection and script.</summary>
internal static class PageFrame
{
    /// <summary>The page as a file.</summary>
    /// <param name="name">File name.</param>
    /// <param name="title">Title of the document.</param>
    /// <param name="body">Header, main and footer.</param>
    public static ReportFile File(string name, string title, Html body)
    {
        Html page = Html.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>{title}</title>
            <style>
            {new Html(PageStyle.Colors)}{new Html(PageStyle.Layout)}{new Html(PageStyle.Charts)}
            </style>
            </head>
            <body>
            {SvgFrame.Patterns}{body}
            </body>
            </html>

            """);
        return new ReportFile(name, "text/html", Encoding.UTF8.GetBytes(page.Markup));
    }

    /// <summary>A section with a heading that links lead to.</summary>
    public static Html Section(string id, string title, Html content) => Html.Of(
        $"""
        <section id="{id}" aria-labelledby="{id}-title">
        <h2 id="{id}-title">{title}</h2>
        {content}
        </section>

        """);

    /// <summary>Something that is read on demand.</summary>
    public static Html Details(string summary, Html content) => Html.Of($"<details><summary>{summary}</summary>\n{content}</details>\n");

    /// <summary>A list of plain sentences.</summary>
    public static Html List(IEnumerable<string> items) => Html.Of($"<ul>{Html.Each(items, item => Html.Of($"<li>{item}</li>\n"))}</ul>\n");
}
