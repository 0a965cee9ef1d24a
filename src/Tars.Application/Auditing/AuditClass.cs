namespace Tars.Application.Auditing;

/// <summary>Events of one kind, as <c>compliance.audit_required</c> names them.</summary>
public enum AuditClass
{
    /// <summary>Reports, captures and other analyses.</summary>
    Runs,

    /// <summary>What is signed, encrypted and decrypted.</summary>
    Seals,

    /// <summary>What happens to keys.</summary>
    Keys,

    /// <summary>Configurations that are written.</summary>
    Configuration,

    /// <summary>What is verified.</summary>
    Verification,

    /// <summary>What happens to the data of persons.</summary>
    Persons,

    /// <summary>What happens to the store as a whole.</summary>
    Store,

    /// <summary>Who may come in: users, API keys, logins.</summary>
    Access,
}
