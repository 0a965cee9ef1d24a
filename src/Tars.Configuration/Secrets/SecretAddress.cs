using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets;

/// <summary>
/// What a name in <c>${…}</c> means in a cloud's secret store, where one secret is often a JSON object of many values:
/// <c>${id#field}</c> is a field of the secret <c>id</c>; <c>${NAME}</c> of letters, digits and underscores is a field of the secret that the
/// settings name, and where they name none a secret of its own; any other name is a secret as a whole.
/// </summary>
/// <param name="Id">The secret's name in the store.</param>
/// <param name="Field">The field of its JSON object; null for the whole secret.</param>
internal readonly record struct SecretAddress(string Id, string? Field)
{
    /// <summary>Returns the address for <paramref name="name"/>.</summary>
    /// <param name="name">The name as written.</param>
    /// <param name="configured">The secret that the settings name; null or empty when they name none.</param>
    public static SecretAddress Of(string name, string? configured)
    {
        int mark = name.IndexOf('#', StringComparison.Ordinal);
        if (mark >= 0)
        {
            return new SecretAddress(name[..mark], name[(mark + 1)..]);
        }

        return !string.IsNullOrEmpty(configured) && IsPlain(name) ? new SecretAddress(configured, name) : new SecretAddress(name, null);
    }

    /// <summary>Returns the answer that a secret's value gives for this address.</summary>
    /// <param name="value">The secret's bytes; the caller clears them.</param>
    /// <param name="place">Where they were.</param>
    /// <param name="lifetime">How long they may be kept; null for no end.</param>
    public SecretAnswer Pick(ReadOnlySpan<byte> value, string place, TimeSpan? lifetime)
    {
        if (Field is null)
        {
            return SecretAnswer.Found.Of(value, place, lifetime);
        }

        if (!JsonFields.IsObject(value))
        {
            return new SecretAnswer.Absent($"{place} (no JSON object with fields; ${{{Id}}} is the whole of it)");
        }

        string field = $"{place}#{Field}";
        try
        {
            return JsonFields.FindScalar(value, Field) is Secret found ? new SecretAnswer.Found(found, field, lifetime) : new SecretAnswer.Absent(field);
        }
        catch (JsonException exception)
        {
            // The texts are JsonFields' own: without any of the value.
            return new SecretAnswer.Refused(field, $"the field is {exception.Message}; make it one text");
        }
    }

    private static bool IsPlain(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return name.Length > 0;
    }
}
