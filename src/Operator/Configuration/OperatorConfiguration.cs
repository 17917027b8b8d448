using System.Collections.Immutable;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git;
using YamlDotNet.Serialization;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>
/// All that an operator is configured outside git. Read once at the start; what it names as files is read again at each use.
/// </summary>
public sealed class OperatorConfiguration
{
    /// <summary>With the domains of this program.</summary>
    public OperatorConfiguration()
        : this(Operator.Modules.Create()) { }

    internal OperatorConfiguration(ImmutableArray<IDomainModule> modules) => Modules = modules;

    /// <summary>Names this operator to the objects it owns and its status branch, <c>gitops-status/ID</c>.</summary>
    public string OperatorId { get; set; } = "default";

    /// <summary>
    /// A kubeconfig file. Empty: the service account of the pod that the operator runs in, or else <c>~/.kube/config</c>.
    /// </summary>
    public string Kubeconfig { get; set; } = "";

    /// <summary>Folder for the mirrors of repositories. Losing it costs one clone.</summary>
    public string StateDirectory { get; set; } = "/var/lib/gitops-operator";

    /// <summary>
    /// File to which each pass over a cluster is appended, with what was decided, as lines of JSON, up to 64 MiB: for a report of an error.
    /// It holds no secret. Empty: none.
    /// </summary>
    public string Recording { get; set; } = "";

    /// <summary>
    /// The namespaces that this operator sees; a document in another is a finding. Each is listed and watched by itself, and nothing is
    /// asked at the scope of the cluster, so that Roles in them are enough (<c>deploy/namespaced</c>). Empty: all namespaces.
    /// </summary>
    public IList<string> Namespaces
    {
        get;
        set => field = value ?? [];
    } = [];

    public IList<RepositoryConfiguration> Repositories { get; set; } = [];

    public TimingConfiguration Timing { get; set; } = new();

    public LeaderElectionConfiguration LeaderElection { get; set; } = new();

    public HttpConfiguration Http { get; set; } = new();

    public LimitsConfiguration Limits
    {
        get;
        set => field = value ?? new();
    } = new();

    /// <summary>The domains, each with its section of this file.</summary>
    [YamlIgnore]
    public ImmutableArray<IDomainModule> Modules { get; }

    /// <summary>The kinds of documents that the enabled domains manage; others are left alone.</summary>
    [YamlIgnore]
    public ImmutableArray<DocumentKind> Kinds => [.. Modules.Where(module => module.IsEnabled).SelectMany(module => module.Kinds)];

    /// <summary>What the documents of a repository may decide on: what it is allowed, within what the operator sees.</summary>
    internal DocumentPolicy PolicyOf(RepositoryConfiguration repository) =>
        repository.Allow.Policy with
        {
            VisibleNamespaces = [.. Namespaces],
        };

    /// <summary>A folder of the state directory that is the repository's own.</summary>
    internal string FolderOf(RepositoryConfiguration repository, string folder) =>
        Path.Combine(StateDirectory, "repositories", repository.Name, folder);
}

/// <summary>One repository with desired state.</summary>
public sealed class RepositoryConfiguration
{
    /// <summary>Short name, for logs and the mirror's folder.</summary>
    public string Name { get; set; } = "";

    /// <summary><c>https://</c>, <c>ssh://USER@HOST/PATH</c>, <c>http://</c> or a path. Credentials do not belong here.</summary>
    public string Url { get; set; } = "";

    /// <summary>Branch, tag or commit.</summary>
    public string Ref { get; set; } = "refs/heads/main";

    /// <summary>Folder below the repository's root that is read; empty: all of it.</summary>
    public string Path { get; set; } = "";

    /// <summary>Sent with the token. The large forges take any name.</summary>
    public string Username { get; set; } = "git";

    /// <summary>File with the token, read again at each use, so that it may be rotated. Empty: no authentication.</summary>
    public string TokenFile { get; set; } = "";

    /// <summary>For ssh: file with the private key, without a passphrase; read again at each use.</summary>
    public string SshKeyFile { get; set; } = "";

    /// <summary>
    /// For ssh: file with the host keys of the server, as <c>ssh-keyscan</c> writes them. A server with another key is refused.
    /// </summary>
    public string KnownHostsFile { get; set; } = "";

    /// <summary>Time between two polls of the remote.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Deadline of one network operation; the process that does it is killed when it passes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What is done about drift where a document does not say: <c>correct</c> or <c>report</c>.</summary>
    public DriftMode Mode { get; set; } = DriftMode.Correct;

    /// <summary>What the repository's documents may decide on.</summary>
    public AllowConfiguration Allow
    {
        get;
        set => field = value ?? new();
    } = new();

    /// <summary>
    /// When members and replicas may be restarted, moved or removed; none: at any time. What heals a cluster waits for no window.
    /// </summary>
    public IList<MaintenanceWindowConfiguration> MaintenanceWindows
    {
        get;
        set => field = value ?? [];
    } = [];

    /// <summary>Whether status is committed to the status branch.</summary>
    public bool WriteBack { get; set; } = true;

    /// <summary>Where pull requests are commented; absent: nowhere.</summary>
    public PullRequestConfiguration? PullRequests { get; set; }

    internal IEnumerable<MaintenanceWindow> Windows => MaintenanceWindows.Select(window => window.Window);

    /// <summary>How the remote is reached, and what of it is read.</summary>
    internal RepositoryOptions Remote =>
        new()
        {
            Url = Url,
            Ref = Ref,
            Path = Path,
            Username = Username,
            TokenFile = TokenFile.Length > 0 ? TokenFile : null,
            SshKeyFile = SshKeyFile.Length > 0 ? SshKeyFile : null,
            KnownHostsFile = KnownHostsFile.Length > 0 ? KnownHostsFile : null,
            NetworkTimeout = Timeout,
        };
}

/// <summary>How much is done at once.</summary>
public sealed class LimitsConfiguration
{
    /// <summary>Clusters that are in the middle of a disruptive change at the same time, of all repositories.</summary>
    public int ClustersDisruptedAtOnce { get; set; } = 5;

    /// <summary>
    /// Clusters that one commit may change without an approval in git; when it changes more, none of them follows. 0: any number.
    /// </summary>
    public int ClustersChangedAtOnce { get; set; } = 20;
}

/// <summary>How long is waited before a fact counts.</summary>
public sealed class TimingConfiguration
{
    /// <summary>Changes of status within this time are one commit.</summary>
    public TimeSpan StatusWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A member silent for longer is lost, and may be replaced. It counts from when the container runs on a node that is ready, and only
    /// while both hold.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Nothing may have changed in a cluster for this long before the next disruptive step. etcd itself looks back 5 seconds.
    /// </summary>
    public TimeSpan Settle { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Nothing is decided on a view of the live state that is older, as when the API server does not answer.</summary>
    public TimeSpan Staleness { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Clusters are observed at least this often, besides at each change that Kubernetes reports.</summary>
    public TimeSpan Resync { get; set; } = TimeSpan.FromSeconds(30);
}
