using System.Collections.Immutable;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Clusters;

/// <summary>
/// The clusters under control, each with its own loop, so that one that is stuck or failing holds up no other.
/// </summary>
internal sealed class Fleet(IReadOnlyDictionary<string, IClusterDomain> domains, CancellationToken lifetime) : IAsyncDisposable
{
    private readonly Dictionary<ClusterKey, Controlled> _clusters = [];
    private readonly Lock _lock = new();

    /// <summary>Repositories that have said for certain which clusters they define.</summary>
    private readonly HashSet<string> _certain = [];
    private bool _ended;

    /// <summary>Raised, from any thread, when a cluster of this repository may report something new.</summary>
    public event Action<string>? Changed;

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

            if (Take(document.Key, source.Repository) is not { } controlled)
            {
                return false;
            }

            controlled.Control.Desire(document, source);
            controlled.Last = document;
            return true;
        }
    }

    /// <summary>Whether taking the document over would change what is wanted of a cluster that is there.</summary>
    public bool IsChange(ClusterDocument document)
    {
        lock (_lock)
        {
            if (_clusters.TryGetValue(document.Key, out var known) && known.Last is { } last)
            {
                return ChangeBrake.Differ(last, document);
            }
        }

        return domains[document.Key.Domain].IsChange(document);
    }

    /// <summary>
    /// The repository's document for this cluster is unusable: it stays as it was last accepted. What is only a part of clusters is no
    /// domain's, and those clusters are told of it with their own documents.
    /// </summary>
    public void KeepAccepted(ClusterKey cluster, string repository)
    {
        lock (_lock)
        {
            if (!_ended && domains.ContainsKey(cluster.Domain))
            {
                Take(cluster, repository)?.Control.KeepAccepted(repository);
            }
        }
    }

    /// <summary>
    /// Lets go of a repository's clusters that are not among <paramref name="named"/>: their loops end and nothing of theirs is touched.
    /// </summary>
    public async Task ReleaseOthersAsync(string repository, IReadOnlySet<ClusterKey> named)
    {
        List<Controlled> released;
        lock (_lock)
        {
            _certain.Add(repository);
            released = [.. _clusters.Values.Where(cluster => cluster.Repository == repository && !named.Contains(cluster.Key))];
            foreach (var cluster in released)
            {
                _clusters.Remove(cluster.Key);
            }
        }

        await EndAsync(released);
        if (released.Count > 0)
        {
            Changed?.Invoke(repository);
        }
    }

    /// <summary>URL of the repository that has the cluster; null where none has.</summary>
    public string? RepositoryOf(ClusterKey cluster)
    {
        lock (_lock)
        {
            return _clusters.TryGetValue(cluster, out var known) ? known.Repository : null;
        }
    }

    /// <summary>The repository has said for certain which clusters it defines.</summary>
    public bool IsCertain(string repository)
    {
        lock (_lock)
        {
            return _certain.Contains(repository);
        }
    }

    /// <summary>Of the repository's clusters, and of those that were made from it and that it no longer defines.</summary>
    public ImmutableArray<ClusterReport> Reports(string repository)
    {
        lock (_lock)
        {
            // What nobody has read yet proves no absence.
            var orphans = !_certain.Contains(repository)
                ? []
                : domains.Values.SelectMany(domain => domain.MadeFrom(repository)).Where(cluster => !_clusters.ContainsKey(cluster));
            return
            [
                .. _clusters
                    .Values.Where(cluster => cluster.Repository == repository)
                    .Select(cluster => cluster.Control.Report)
                    .OfType<ClusterReport>(),
                .. orphans.Select(ClusterReport.Orphan),
            ];
        }
    }

    /// <summary>Every cluster has been observed, and none is being changed.</summary>
    public bool AtRest
    {
        get
        {
            lock (_lock)
            {
                return _clusters.Values.All(cluster => cluster.Control.Report is { Phase: not ClusterPhase.Progressing });
            }
        }
    }

    /// <summary>Ends every loop at the next boundary of a step; none is begun after that, whatever a pass still under way hands over.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Controlled> all;
        lock (_lock)
        {
            _ended = true;
            all = [.. _clusters.Values];
            _clusters.Clear();
        }

        await EndAsync(all);
    }

    private Controlled? Take(ClusterKey key, string repository)
    {
        if (_clusters.TryGetValue(key, out var known))
        {
            return known.Repository == repository ? known : null;
        }

        var control = domains[key.Domain].Control(key, () => Changed?.Invoke(repository));
        var stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime);
        var loop = Task.Run(() => control.RunAsync(stop.Token), CancellationToken.None);
        return _clusters[key] = new(key, repository, control, loop, stop);
    }

    private static async Task EndAsync(IReadOnlyCollection<Controlled> clusters)
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

    private sealed record Controlled(ClusterKey Key, string Repository, IClusterControl Control, Task Loop, CancellationTokenSource Stop)
    {
        /// <summary>The document that was last taken over; null before one was.</summary>
        public ClusterDocument? Last { get; set; }
    }
}
