namespace Tars.Configuration.Secrets.Files;

/// <summary>Who may read a file that holds a secret, besides its owner.</summary>
internal enum FileRule
{
    /// <summary>Nobody.</summary>
    OwnerOnly,

    /// <summary>Its group, as with a Kubernetes secret volume and <c>fsGroup</c> (mode 0440).</summary>
    GroupMayRead,

    /// <summary>Anybody: a service account's token, whose mode Kubernetes sets itself (0644) and nobody can change.</summary>
    Anybody,
}
