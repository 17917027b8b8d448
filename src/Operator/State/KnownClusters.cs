using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.State;

/// <summary>
/// What is known of clusters, by the URL of the repository that defines them, or that has made them and no longer does. May be read and
/// written from any thread.
/// </summary>
internal sealed class KnownClusters
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ClusterKey, string> _managed = [];
    private readonly Dictionary<string, SortedDictionary<ClusterKey, ClusterReport>> _reports = [];

    /// <summary>Repositories that have said for certain which clusters they define.</summary>
    private readonly HashSet<string> _certain = [];

    /// <summary>Raised, from any thread and after the state has it, for each cluster of which something new may be known.</summary>
    public event Action<ClusterNews>? Changed;

    /// <summary>Every cluster of which something is known, in order.</summary>
    public ImmutableArray<ClusterReport> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _reports.Values.SelectMany(reports => reports.Values).OrderBy(report => report.Cluster)];
            }
        }
    }

    /// <summary>Of the repository's clusters, and of those that were made from it and that it no longer defines; in order.</summary>
    public ImmutableArray<ClusterReport> Of(string repository)
    {
        lock (_lock)
        {
            return _reports.TryGetValue(repository, out var reports) ? [.. reports.Values] : [];
        }
    }

    /// <summary>Null where the repository has no such cluster, or nothing is known of it yet.</summary>
    public ClusterReport? Find(string repository, ClusterKey cluster)
    {
        lock (_lock)
        {
            return _reports.TryGetValue(repository, out var reports) ? reports.GetValueOrDefault(cluster) : null;
        }
    }

    /// <summary>The report of a cluster, whichever repository it is of; null where nothing is known of it.</summary>
    public (string Repository, ClusterReport Report)? Find(ClusterKey cluster)
    {
        lock (_lock)
        {
            var known = _managed.TryGetValue(cluster, out var managed) ? [managed] : _reports.Keys.Order(StringComparer.Ordinal).ToArray();
            foreach (var repository in known)
            {
                if (_reports.TryGetValue(repository, out var reports) && reports.TryGetValue(cluster, out var report))
                {
                    return (repository, report);
                }
            }

            return null;
        }
    }

    /// <summary>URL of the repository by which the cluster is managed; null where it is not.</summary>
    public string? RepositoryOf(ClusterKey cluster)
    {
        lock (_lock)
        {
            return _managed.GetValueOrDefault(cluster);
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

    /// <summary>The cluster is managed by what this repository says; what was said of it as an orphan is no longer true.</summary>
    public void Manage(string repository, ClusterKey cluster)
    {
        List<string> orphaned;
        lock (_lock)
        {
            _managed[cluster] = repository;
            orphaned = [.. _reports.Where(entry => entry.Value.Remove(cluster)).Select(entry => entry.Key)];
        }

        foreach (var before in orphaned)
        {
            Changed?.Invoke(new(before, cluster));
        }
    }

    /// <summary>What is true of a managed cluster now.</summary>
    public void Report(string repository, ClusterReport report)
    {
        lock (_lock)
        {
            ReportsOf(repository)[report.Cluster] = report;
        }

        Changed?.Invoke(new(repository, report.Cluster));
    }

    /// <summary>
    /// The repository has said for certain which clusters it defines. What was released is an orphan at once where it is still there:
    /// nobody may ever read that it is neither.
    /// </summary>
    /// <param name="released">No longer managed.</param>
    /// <param name="orphans">Those that the repository has made and does not define.</param>
    public void Settle(string repository, IReadOnlyCollection<ClusterKey> released, IReadOnlyCollection<ClusterKey> orphans)
    {
        List<ClusterKey> changed = [];
        lock (_lock)
        {
            _certain.Add(repository);
            foreach (var cluster in released)
            {
                _managed.Remove(cluster);
            }

            var reports = ReportsOf(repository);
            foreach (var gone in reports.Keys.Where(cluster => !_managed.ContainsKey(cluster) && !orphans.Contains(cluster)).ToList())
            {
                reports.Remove(gone);
                changed.Add(gone);
            }

            foreach (var orphan in orphans.Where(cluster => !_managed.ContainsKey(cluster)))
            {
                if (reports.GetValueOrDefault(orphan) is not { Phase: ClusterPhase.Orphaned })
                {
                    reports[orphan] = ClusterReport.Orphan(orphan);
                    changed.Add(orphan);
                }
            }
        }

        foreach (var cluster in changed)
        {
            Changed?.Invoke(new(repository, cluster));
        }
    }

    private SortedDictionary<ClusterKey, ClusterReport> ReportsOf(string repository) =>
        _reports.TryGetValue(repository, out var reports) ? reports : _reports[repository] = [];
}
