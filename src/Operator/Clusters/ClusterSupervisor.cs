using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Clusters;

/// <summary>
/// The clusters under management, each with its own loop, so that one that is stuck or failing holds up no other. What they report goes
/// into the state.
/// </summary>
internal sealed class ClusterSupervisor(IEnumerable<IClusterDomain> domains, KnownClusters known) : IAsyncDisposable
{
    private readonly Dictionary<string, IClusterDomain> _domains = domains.ToDictionary(domain => domain.Domain);
    private readonly Dictionary<ClusterKey, Managed> _clusters = [];
    private readonly Lock _lock = new();
    private bool _ended;

    /// <summary>Takes over what a repository says of one cluster.</summary>
    /// <returns>False where another repository has the cluster already.</returns>
    public bool Desire(ClusterDocument document, DocumentSource source)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return true;
            }

            if (Take(document.Key, source.Repository) is not { } managed)
            {
                return false;
            }

            managed.Control.Desire(document, source);
            managed.Last = document;
            return true;
        }
    }

    /// <summary>Whether taking the document over would change what is desired of a cluster that is there.</summary>
    public bool IsChange(ClusterDocument document)
    {
        lock (_lock)
        {
            if (_clusters.TryGetValue(document.Key, out var managed) && managed.Last is { } last)
            {
                return BulkChangeLimit.Differ(last, document);
            }
        }

        return _domains[document.Key.Domain].IsChange(document);
    }

    /// <summary>
    /// The repository's document for this cluster is unusable: it stays as it was last accepted. What is only a part of clusters is no
    /// domain's, and those clusters are told of it with their own documents.
    /// </summary>
    public void KeepAccepted(ClusterKey cluster, string repository)
    {
        lock (_lock)
        {
            if (!_ended && _domains.ContainsKey(cluster.Domain))
            {
                Take(cluster, repository)?.Control.KeepAccepted(repository);
            }
        }
    }

    /// <summary>
    /// Stops managing a repository's clusters that are not among <paramref name="named"/>: their loops end and nothing of theirs is
    /// touched.
    /// </summary>
    public async Task ReleaseOthersAsync(string repository, IReadOnlySet<ClusterKey> named)
    {
        List<Managed> released;
        lock (_lock)
        {
            released = [.. _clusters.Values.Where(cluster => cluster.Repository == repository && !named.Contains(cluster.Key))];
            foreach (var cluster in released)
            {
                _clusters.Remove(cluster.Key);
            }

            Settle(repository, released);
        }

        await EndAsync(released);
        RefreshOrphans(repository);
    }

    /// <summary>
    /// Looks which clusters were made from the repository and are in none of its documents any more. Before it has said for certain which
    /// it defines, nothing proves that.
    /// </summary>
    public void RefreshOrphans(string repository)
    {
        lock (_lock)
        {
            if (!_ended && known.IsCertain(repository))
            {
                Settle(repository, []);
            }
        }
    }

    /// <summary>Every cluster has been observed, and none is being changed.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _clusters.Values.All(cluster => cluster.Control.Report is { Phase: not ClusterPhase.Progressing });
            }
        }
    }

    /// <summary>
    /// Ends every loop at the next boundary of a step; none is begun after that, whatever a pass still under way applies. What was last
    /// reported stands: that a replica ends says nothing of its clusters.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        List<Managed> all;
        lock (_lock)
        {
            _ended = true;
            all = [.. _clusters.Values];
            _clusters.Clear();
        }

        await EndAsync(all);
    }

    private void Settle(string repository, IEnumerable<Managed> released) =>
        known.Settle(
            repository,
            [.. released.Select(cluster => cluster.Key)],
            [.. _domains.Values.SelectMany(domain => domain.MadeFrom(repository)).Where(cluster => !_clusters.ContainsKey(cluster))]
        );

    private Managed? Take(ClusterKey key, string repository)
    {
        if (_clusters.TryGetValue(key, out var taken))
        {
            return taken.Repository == repository ? taken : null;
        }

        var stop = new CancellationTokenSource();
        Managed? managed = null;
        var control = _domains[key.Domain].Control(key, () => Report(key, managed));
        managed = new(key, repository, control, stop);
        _clusters[key] = managed;
        known.Manage(repository, key);
        managed.Loop = Task.Run(() => control.RunAsync(stop.Token), CancellationToken.None);
        return managed;
    }

    /// <summary>Only of what is managed: a loop that is about to end must not report a cluster again that was released.</summary>
    private void Report(ClusterKey key, Managed? managed)
    {
        lock (_lock)
        {
            if (managed is not null && _clusters.GetValueOrDefault(key) == managed && managed.Control.Report is { } report)
            {
                known.Report(managed.Repository, report);
            }
        }
    }

    private static async Task EndAsync(IReadOnlyCollection<Managed> clusters)
    {
        foreach (var cluster in clusters)
        {
            await cluster.Stop.CancelAsync();
        }

        foreach (var cluster in clusters)
        {
            await cluster.Loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cluster.Stop.Dispose();
        }
    }

    private sealed class Managed(ClusterKey key, string repository, IClusterControl control, CancellationTokenSource stop)
    {
        public ClusterKey Key => key;

        public string Repository => repository;

        public IClusterControl Control => control;

        public CancellationTokenSource Stop => stop;

        public Task Loop { get; set; } = Task.CompletedTask;

        /// <summary>The document that was last taken over; null before one was.</summary>
        public ClusterDocument? Last { get; set; }
    }
}
