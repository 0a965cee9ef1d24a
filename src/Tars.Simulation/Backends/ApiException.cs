namespace Tars.Simulation.Backends;

/// <summary>An answer of the API that is an error: Prometheus's error type, its HTTP status and its text.</summary>
public sealed class ApiException : Exception
{
    private ApiException(int status, string errorType, string message)
        : base(message) => (Status, ErrorType) = (status, errorType);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary><c>bad_data</c> or <c>execution</c>.</summary>
    public string ErrorType { get; }

    /// <summary>A request that cannot be understood.</summary>
    public static ApiException BadData(string message) => new(400, "bad_data", message);

    /// <summary>A parameter that cannot be understood.</summary>
    public static ApiException BadParameter(string name, string message) => BadData($"invalid parameter \"{name}\": {message}");

    /// <summary>A query that is well-formed but fails on the data.</summary>
    public static ApiException Execution(string message) => new(422, "execution", message);
}
