using System.Collections.Immutable;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Election;
using GitOpsOperator.Operator.Events;
using GitOpsOperator.Operator.Http;
using GitOpsOperator.Operator.Projections;
using GitOpsOperator.Operator.PullRequests;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Operator.Status;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Recording;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Writing;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Forges;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.Sync.Git.Status;
using k8s;

namespace GitOpsOperator.Operator;

/// <summary>
/// Puts the rooms together, the same for every command: domains watch the cluster, the fleet holds the clusters' loops, and repositories
/// feed the fleet and are written back to.
/// </summary>
internal sealed class OperatorParts : IAsyncDisposable
{
    private readonly CancellationTokenSource _lifetime = new();
    private readonly ApiConnection _connection;
    private readonly Kubernetes _kubernetes;
    private readonly StopSwitch _stop;
    private readonly OperatorAdmission _admission;
    private readonly ChangeBrake _brake;
    private readonly EventWriter _events;
    private readonly ImmutableArray<ProjectionWriter> _projections;
    private readonly List<IDisposable> _owned = [];
    private readonly List<Task> _running = [];
    private int _disposed;
    private readonly Dictionary<string, PullRequestPass> _pullRequests = [];

    public OperatorParts(OperatorConfiguration configuration, ILoggerFactory loggers, TimeProvider time)
    {
        _connection = ApiConnection.Open(
            KubernetesAccess.Configuration(configuration.Kubeconfig),
            configuration.Timing.Staleness,
            time,
            new KubernetesCallMeter(time)
        );
        _kubernetes = _connection.Client;
        Cache = new(
            _connection,
            new(configuration.OperatorId),
            new() { Namespaces = [.. configuration.Namespaces], MaxAge = configuration.Timing.Staleness },
            time,
            loggers
        );
        if (configuration.LeaderElection.Terms(configuration.OperatorId, configuration.Kubeconfig) is { } terms)
        {
            Election = new(_kubernetes, terms, time, loggers.CreateLogger<LeaseElection>());
        }

        var mandate = Election ?? Mandate.Unconditional;
        var timing = new ReconcileTiming { Resync = configuration.Timing.Resync };

        Kinds = configuration.Kinds;
        var changes = new ChangeSignal();
        var (@namespace, name) = configuration.LeaderElection.SharedObject(configuration.OperatorId, configuration.Kubeconfig);
        _stop = new(Cache, @namespace, name, changes);
        var windows = configuration
            .Repositories.GroupBy(repository => repository.Url)
            .ToDictionary(
                group => group.Key,
                group => new MaintenanceWindows(group.SelectMany(repository => repository.MaintenanceWindows), time)
            );
        _admission = new(
            _stop,
            new(configuration.Limits.ClustersDisruptedAtOnce, changes, time),
            cluster => Fleet!.RepositoryOf(cluster) is { } url ? windows.GetValueOrDefault(url) : null,
            changes
        );
        _brake = new(configuration.Limits.ClustersChangedAtOnce);
        _events = new(_kubernetes, Kinds, mandate, time, loggers.CreateLogger<EventWriter>());
        var services = new DomainServices(_kubernetes, Cache, new(configuration.OperatorId), mandate, timing, time, loggers)
        {
            Grace = configuration.Timing.Grace,
            Settle = configuration.Timing.Settle,
            Admission = _admission,
            Notify = _events.Write,
            Recorder = configuration.Recording is { Length: > 0 } recording
                ? Own(new PassRecorder(recording, time, loggers.CreateLogger<PassRecorder>()))
                : null,
        };
        Domains = [.. configuration.Modules.Where(module => module.IsEnabled).Select(module => module.Open(services))];

        Fleet = new(Domains.ToDictionary(domain => domain.Domain), _lifetime.Token);
        ImmutableArray<string> urls = [.. configuration.Repositories.Select(repository => repository.Url).Distinct()];
        _projections =
        [
            .. Kinds
                .Select(kind => kind.Projected)
                .OfType<ProjectedKind>()
                .Select(kind => new ProjectionWriter(
                    _kubernetes,
                    Cache,
                    kind,
                    Fleet,
                    urls,
                    mandate,
                    _events.Write,
                    time,
                    loggers.CreateLogger<ProjectionWriter>()
                )),
        ];
        foreach (var projection in _projections)
        {
            projection.PutBack += RequestStatus;
        }

        var network = new GitNetwork(time);
        Repositories = new(
            configuration.Repositories.ToDictionary(
                repository => repository.Name,
                repository => Follow(configuration, repository, network, loggers, time)
            )
        );
        Fleet.Changed += url =>
        {
            RequestStatus(url);
            RequestProjections();
        };
    }

    public IReadOnlyList<IClusterDomain> Domains { get; }

    /// <summary>What is known of Kubernetes' objects.</summary>
    public KubernetesCache Cache { get; }

    /// <summary>The kinds of documents that the domains manage; others are left alone.</summary>
    public ImmutableArray<DocumentKind> Kinds { get; }

    /// <summary>Live state has been listed for the first time.</summary>
    public bool Synced { get; private set; }

    /// <summary>Null where this operator acts without being elected.</summary>
    public LeaseElection? Election { get; }

    /// <summary>Why nothing is changed, where somebody has thrown the stop switch.</summary>
    public string? StoppedBecause => _stop.State?.Reason;

    public Fleet Fleet { get; }

    public RepositoryRegistry Repositories { get; }

    /// <summary>Of every cluster of every repository.</summary>
    public IEnumerable<ClusterReport> Reports =>
        Repositories.All.Select(repository => repository.Follower.Url).Distinct().SelectMany(url => Fleet.Reports(url));

    public PullRequestRegistry PullRequests => new(_pullRequests);

    /// <summary>Starts to watch the cluster and, where asked, to write status; returns once live state is known.</summary>
    public async Task StartAsync(bool writeStatus, CancellationToken cancellationToken)
    {
        _running.Add(Task.Run(() => Cache.RunAsync(_lifetime.Token), CancellationToken.None));
        _running.Add(Task.Run(() => _stop.RunAsync(_lifetime.Token), CancellationToken.None));
        if (writeStatus)
        {
            _running.Add(Task.Run(() => _events.RunAsync(_lifetime.Token), CancellationToken.None));
            _running.AddRange(
                _projections.Select(projection => Task.Run(() => projection.RunAsync(_lifetime.Token), CancellationToken.None))
            );
            _running.AddRange(
                Repositories
                    .All.Select(repository => repository.Writer)
                    .OfType<StatusWriter>()
                    .Select(writer => Task.Run(() => writer.RunAsync(_lifetime.Token), CancellationToken.None))
            );
        }

        var synced = Task.WhenAll([
            _stop.WaitSyncedAsync(cancellationToken),
            .. Domains.Select(domain => domain.WaitSyncedAsync(cancellationToken)),
        ]);
        await await Task.WhenAny([synced, .. _running]);
        Synced = true;
    }

    /// <summary>For commands that a person waits for: as <see cref="StartAsync"/>, but not for ever.</summary>
    /// <exception cref="IOException">Live state is not known in time; the message names the API server.</exception>
    public async Task StartWithinAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            await StartAsync(writeStatus: false, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(
                $"The Kubernetes API at {_kubernetes.BaseUri} has not told what is there within {timeout.TotalSeconds} s; "
                    + "see the warnings above, and check --kubeconfig, the network, and what the account may list and watch"
            );
        }
    }

    /// <summary>Ends when something that must run for ever has ended, with its exception.</summary>
    public async Task WhenBrokenAsync()
    {
        var ended = await Task.WhenAny(_running);
        if (!_lifetime.IsCancellationRequested)
        {
            await ended;
            throw new InvalidOperationException("A part of the operator that runs for ever has ended");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Stopped by the service, and disposed of once more by the host that made it.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _lifetime.CancelAsync();
        await Fleet.DisposeAsync();
        foreach (var part in _running)
        {
            // Cancelled just now; a fault has been reported by WhenBrokenAsync.
            await part.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var owned in _owned)
        {
            owned.Dispose();
        }

        foreach (var domain in Domains.OfType<IAsyncDisposable>())
        {
            await domain.DisposeAsync();
        }

        _connection.Dispose();
        _lifetime.Dispose();
    }

    private void RequestStatus(string url)
    {
        foreach (var repository in Repositories.All.Where(repository => repository.Follower.Url == url))
        {
            repository.Writer?.Request();
        }
    }

    private void RequestProjections()
    {
        foreach (var projection in _projections)
        {
            projection.Request();
        }
    }

    private FollowedRepository Follow(
        OperatorConfiguration configuration,
        RepositoryConfiguration repository,
        GitNetwork network,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        var options = OptionsOf(repository);
        var folder = Path.Combine(configuration.StateDirectory, "repositories", repository.Name);
        var mirror = Own(GitMirror.Open(Path.Combine(folder, "mirror"), options, network));
        var reviewed = new ReviewedPlans();
        var follower = new RepositoryFollower(
            repository.Name,
            mirror,
            new(Kinds, policy: configuration.PolicyOf(repository)),
            Fleet,
            repository.Mode,
            reviewed,
            new(repository.MaintenanceWindows, time),
            _brake,
            time,
            loggers.CreateLogger<RepositoryFollower>()
        );
        if (repository.PullRequests is { } pulls)
        {
            _pullRequests[repository.Name] = Review(configuration, repository, pulls, mirror, follower, reviewed, loggers, time);
        }

        if (!repository.WriteBack)
        {
            return new(follower, null, RequestProjections);
        }

        var branch = Own(StatusBranch.Open(Path.Combine(folder, "status"), options, network, configuration.OperatorId));
        return new(
            follower,
            new(
                follower,
                branch,
                Fleet,
                cluster => [.. _projections.SelectMany(projection => projection.DriftsOf(cluster))],
                Election ?? Mandate.Unconditional,
                configuration.Timing.StatusWindow,
                time,
                loggers.CreateLogger<StatusWriter>()
            ),
            RequestProjections
        );
    }

    internal static RepositoryOptions OptionsOf(RepositoryConfiguration repository) =>
        new()
        {
            Url = repository.Url,
            Ref = repository.Ref,
            Path = repository.Path,
            Username = repository.Username,
            TokenFile = repository.TokenFile.Length > 0 ? repository.TokenFile : null,
            SshKeyFile = repository.SshKeyFile.Length > 0 ? repository.SshKeyFile : null,
            KnownHostsFile = repository.KnownHostsFile.Length > 0 ? repository.KnownHostsFile : null,
            NetworkTimeout = repository.Timeout,
        };

    private PullRequestPass Review(
        OperatorConfiguration configuration,
        RepositoryConfiguration repository,
        PullRequestConfiguration pulls,
        GitMirror mirror,
        RepositoryFollower follower,
        ReviewedPlans reviewed,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        var settings = new PullRequestSettings(
            configuration.OperatorId,
            repository.Name,
            PullRequestValidation.BranchOf(repository)!,
            [.. pulls.TrustedAuthors]
        );
        var clusters = new FleetClusters(Domains, Fleet, follower);
        var forge = ForgeFactory.Open(PullRequestValidation.Options(repository, pulls)!, time);
        return new(
            settings,
            forge,
            mirror,
            new(mirror, Kinds, configuration.PolicyOf(repository)),
            clusters,
            new Reviewer(
                repository.Url,
                repository.Mode,
                new(repository.MaintenanceWindows, time),
                _brake,
                clusters,
                loggers.CreateLogger<Reviewer>()
            ),
            reviewed,
            loggers.CreateLogger<PullRequestPass>()
        );
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
