namespace Tars.Application.Settings.Refusals;

/// <summary>What a command asks of a configuration beyond that it is valid.</summary>
[Flags]
public enum Requirements
{
    /// <summary>Nothing: the configuration is only read.</summary>
    None = 0,

    /// <summary>What binds every command: sealing and audit can do what is asked of them, and <c>prod</c> asks for both.</summary>
    Command = 1,

    /// <summary>What binds whoever serves the API, or judges whether it could be served.</summary>
    Api = 2,

    /// <summary>Everything: for <c>serve</c>, <c>config validate</c> and <c>checklist</c>.</summary>
    Service = Command | Api,
}
