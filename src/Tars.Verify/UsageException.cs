namespace Tars.Verify;

/// <summary>The arguments are not as the program takes them.</summary>
internal sealed class UsageException(string message) : Exception(message);
