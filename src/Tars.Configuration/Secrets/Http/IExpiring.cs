namespace Tars.Configuration.Secrets.Http;

/// <summary>A credential with an end: it is renewed before, and zeroed when replaced.</summary>
/// <typeparam name="T">The credential.</typeparam>
internal interface IExpiring<T> : IDisposable
{
    /// <summary>When it ends; null for never.</summary>
    DateTimeOffset? Expires { get; }

    /// <summary>Returns a credential of its own with the same contents.</summary>
    T Copy();
}
