namespace Tars.TestKit.Servers;

/// <summary>A server program did not become ready; the message holds its command line and output.</summary>
public sealed class ServerStartException(string message) : Exception(message);
