using Tars.Configuration;
using Tars.Configuration.Documents;

namespace Tars.Application.Settings;

/// <summary>A secret in the configuration, or the file it is in; its text is never shown.</summary>
public abstract record SecretSource
{
    /// <summary>The largest secret file that is read, in bytes.</summary>
    public const int SizeLimit = 64 * 1024;

    private SecretSource()
    {
    }

    /// <summary>Returns the secret; from a file without the line break at its end.</summary>
    /// <exception cref="SettingsException">The file cannot be read, is empty, or is larger than <see cref="SizeLimit"/>.</exception>
    public abstract string Reveal();

    /// <summary>A secret that stands in the configuration.</summary>
    public sealed record Inline : SecretSource
    {
        private readonly string _value;

        /// <summary>Creates the source.</summary>
        /// <param name="value">The secret.</param>
        public Inline(string value) => _value = value;

        /// <inheritdoc/>
        public override string Reveal() => _value;

        /// <inheritdoc/>
        public override string ToString() => "(secret)";
    }

    /// <summary>A secret in a file of its own.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Origin">Where the file is named.</param>
    /// <param name="Key">The key that names it.</param>
    public sealed record File(string Path, Origin Origin, string Key) : SecretSource
    {
        /// <inheritdoc/>
        public override string Reveal()
        {
            byte[] buffer = new byte[SizeLimit + 1];
            int length;
            try
            {
                using FileStream file = System.IO.File.OpenRead(Path);
                length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw SettingsException.Of(Origin, Key, $"{Path} cannot be read: {failure.Message}");
            }

            if (length > SizeLimit)
            {
                throw SettingsException.Of(Origin, Key, $"{Path} is larger than {SizeLimit} bytes");
            }

            string text = System.Text.Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\r', '\n');
            Array.Clear(buffer);
            return text.Length > 0 ? text : throw SettingsException.Of(Origin, Key, $"{Path} is empty");
        }
    }
}
