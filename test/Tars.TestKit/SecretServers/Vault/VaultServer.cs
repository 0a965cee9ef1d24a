using Tars.TestKit.SecretServers.Tokens;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>
/// Vault's HTTP API as its documentation has it: KV 1 and 2, database credentials, tokens, leases, policies, namespaces, and logins by AppRole,
/// Kubernetes and JWT. Mounts and methods are set up from the test; nothing is mounted at start.
/// </summary>
public sealed class VaultServer : ProtocolServer
{
    private readonly Dictionary<string, object> _mounts = [];
    private readonly Dictionary<string, LoginMount> _logins = [];
    private readonly Dictionary<string, IReadOnlyList<VaultRule>> _policies = [];
    private readonly VaultTokens _tokens = new();
    private readonly VaultLeases _leases = new();

    private VaultServer(ProtocolServerOptions? options)
        : base(options) =>
        RootToken = _tokens.Create("", new VaultTokenSettings { Policies = ["root"], Ttl = TimeSpan.Zero }, [], "auth/token/root", Now).Id;

    /// <summary>A token that may do everything and never ends.</summary>
    public string RootToken { get; }

    /// <summary>What this node is.</summary>
    public VaultCondition Condition { get; set; }

    /// <summary>Where a standby sends requests, with 307; null when it knows no active node, and answers 500.</summary>
    public Uri? ActiveNode { get; set; }

    /// <summary>Refuses requests without <c>X-Vault-Request: true</c>, as an agent or proxy with <c>require_request_header</c> does.</summary>
    public bool RequireRequestHeader { get; set; }

    /// <summary>Starts a node on two free loopback ports.</summary>
    public static async Task<VaultServer> StartAsync(ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        VaultServer server = new(options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <summary>Mounts a KV engine.</summary>
    /// <param name="path">Mount path with its namespace, <c>secret</c> or <c>team/secret</c>.</param>
    /// <param name="version">1 or 2.</param>
    public KeyValueMount MountKeyValue(string path = "secret", int version = 2)
    {
        KeyValueMount mount = new(version, Gate, Time);
        Mount(path, mount);
        return mount;
    }

    /// <summary>Mounts a database engine.</summary>
    public DatabaseMount MountDatabase(string path = "database")
    {
        DatabaseMount mount = new(Folder(path), _leases, Gate, Time);
        Mount(path, mount);
        return mount;
    }

    /// <summary>Enables AppRole at <c>auth/</c><paramref name="path"/>, in <paramref name="space"/> (a namespace; empty is the root).</summary>
    public AppRoleMount EnableAppRole(string path = "approle", string space = "") => Enable(path, space, new AppRoleMount(Gate, Time));

    /// <summary>Enables Kubernetes; <paramref name="cluster"/> signs the service account tokens.</summary>
    public KubernetesMount EnableKubernetes(TokenIssuer cluster, string path = "kubernetes", string space = "") =>
        Enable(path, space, new KubernetesMount(Gate, Time, cluster));

    /// <summary>Enables JWT; <paramref name="issuer"/> signs the tokens, and <c>iss</c> must be <paramref name="boundIssuer"/> unless that is null.</summary>
    public JwtMount EnableJwt(TokenIssuer issuer, string path = "jwt", string space = "", string? boundIssuer = null, string? defaultRole = null) =>
        Enable(path, space, new JwtMount(Gate, Time, issuer, boundIssuer, defaultRole));

    /// <summary>Writes a policy in a namespace (empty is the root); its paths are relative to it.</summary>
    public void WritePolicy(string name, string space, params VaultRule[] rules)
    {
        lock (Gate)
        {
            _policies[Space(space) + name] = rules;
        }
    }

    /// <summary>A new service token in a namespace (empty is the root).</summary>
    public string CreateToken(VaultTokenSettings settings, string space = "")
    {
        lock (Gate)
        {
            return _tokens.Create(Space(space), settings, [], "auth/token/create", Now).Id;
        }
    }

    /// <summary>Revokes a token and the leases made with it.</summary>
    public void RevokeToken(string token)
    {
        lock (Gate)
        {
            _tokens.Revoke(token);
            _leases.RevokeOf(token);
        }
    }

    /// <summary>Revokes a lease.</summary>
    public void RevokeLease(string leaseId)
    {
        lock (Gate)
        {
            _leases.Revoke(leaseId);
        }
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = VaultAnswers.Errors(429, $"request path \"{Route(request)}\": rate limit quota exceeded");
        return retryAfter is { } wait
            ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture))
            : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => VaultAnswers.Errors(status, "internal error");

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        if (!request.Path.StartsWith("/v1/", StringComparison.Ordinal))
        {
            return VaultAnswers.Errors(404, "unsupported path");
        }

        if (RequireRequestHeader && request.Header("X-Vault-Request") != "true")
        {
            return VaultAnswers.Errors(412, "missing 'X-Vault-Request' header");
        }

        string path = request.Path["/v1/".Length..];
        if (path == "sys/health")
        {
            return VaultHealth.Answer(request, Condition, Now);
        }

        if (VaultHealth.Unavailable(request, Condition, ActiveNode) is { } unavailable)
        {
            return unavailable;
        }

        return path.EndsWith('.') ? VaultAnswers.Errors(404, "unsupported path") : Serve(request, Route(request));
    }

    private static string Folder(string path) => path.TrimEnd('/') + "/";

    private static string Space(string space) => space.Trim('/') is { Length: > 0 } name ? name + "/" : "";

    private static string Route(ReceivedRequest request) => Space(request.Header("X-Vault-Namespace") ?? "") + request.Path["/v1/".Length..];

    private void Mount(string path, object mount)
    {
        lock (Gate)
        {
            _mounts.Add(Folder(path), mount);
        }
    }

    private T Enable<T>(string path, string space, T mount)
        where T : LoginMount
    {
        lock (Gate)
        {
            _logins.Add($"{Space(space)}auth/{path.Trim('/')}/login", mount);
        }

        return mount;
    }

    private Answer Serve(ReceivedRequest request, string path)
    {
        if (_logins.TryGetValue(path, out LoginMount? login))
        {
            return Login(request, path, login);
        }

        string? bearer = request.Header("Authorization") is { } authorization && authorization.StartsWith("Bearer ", StringComparison.Ordinal) ? authorization["Bearer ".Length..] : null;
        if (_tokens.Find(request.Header("X-Vault-Token") ?? bearer, Now) is not { } token || !path.StartsWith(token.Space, StringComparison.Ordinal))
        {
            return VaultAnswers.Denied();
        }

        _tokens.Use(token);
        return new VaultAccess(_mounts, _policies, _tokens, _leases, Now).Answer(request, path, token);
    }

    private Answer Login(ReceivedRequest request, string path, LoginMount login)
    {
        if (request.Method is not ("POST" or "PUT"))
        {
            return VaultAnswers.Errors(405, "unsupported operation");
        }

        if (request.Json() is not { } body)
        {
            return VaultAnswers.Errors(400, "failed to parse JSON input");
        }

        switch (login.Login(body))
        {
            case LoginOutcome.Refused refused:
                return VaultAnswers.Errors(refused.Status, refused.Error);
            case LoginOutcome.Granted granted:
                string space = path[..path.IndexOf("auth/", StringComparison.Ordinal)];
                return VaultTokens.Login(_tokens.Create(space, granted.Settings, granted.Metadata, path, Now), null, Now);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
