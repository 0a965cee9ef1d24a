using System.Globalization;
using System.Text;

namespace Tars.Client.Requests;

/// <summary>A path with its query.</summary>
internal sealed class QueryText(string path)
{
    private readonly StringBuilder _text = new(path);
    private bool _hasAny;

    /// <summary>Adds a parameter; null or empty for none.</summary>
    public QueryText Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _text.Append(_hasAny ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            _hasAny = true;
        }

        return this;
    }

    /// <summary>A day as the API writes it.</summary>
    public static string Of(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
