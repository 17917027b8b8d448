using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Operator.Outputs.CustomResources;

/// <summary>
/// Keeps one object of Kubernetes for each cluster of one kind, so that <c>kubectl get</c> and other tools see its desired state and what
/// has become of it. Only clusters that there is news of are looked at. Best effort: where the definition is not installed, or may not be
/// written, everything else works as ever.
/// </summary>
internal sealed partial class CustomResourceMirror
{
    /// <summary>Changes this close together are one write.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    private readonly ProjectedKind _kind;
    private readonly OwnerId _owner;
    private readonly OperatorState _state;
    private readonly Action<ClusterEvent> _notify;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CustomResourceCalls _calls;
    private readonly CachedKind<CustomObject> _copy;
    private readonly ClusterDebouncer _debouncer;
    private readonly ConcurrentDictionary<ClusterKey, MirroredObject> _shown = [];
    private readonly HashSet<ClusterKey> _foreign = [];
    private string? _error;

    /// <param name="notify">Told of each edit by hand that was reverted.</param>
    public CustomResourceMirror(
        IKubernetes client,
        KubernetesCache cache,
        ProjectedKind kind,
        OperatorState state,
        Action<ClusterEvent> notify,
        TimeProvider time,
        ILogger<CustomResourceMirror> logger
    )
    {
        (_kind, _owner, _state, _notify, _time, _logger) = (kind, cache.Owner, state, notify, time, logger);
        _debouncer = new(Window, time);
        _calls = new(client, kind);
        _copy = cache.RequestOnDemand<CustomObject>(_calls.Resource, KeepOf, item => _debouncer.Notify(ClusterOf(item)));
        state.Clusters.Changed += news =>
        {
            if (news.Cluster.Domain == kind.Domain)
            {
                _debouncer.Notify(news.Cluster);
            }
        };

        // What could not be written, and edits that were cured a while ago, are looked at again.
        state.Repositories.Polled += _ => _debouncer.NotifyAny();
    }

    /// <summary>Raised when what somebody has changed by hand of a cluster's object is another than before.</summary>
    public event Action<ClusterNews>? HandEditsChanged;

    /// <summary>What somebody has changed of the cluster's object by hand.</summary>
    public ImmutableArray<DriftEntry> DriftsOf(ClusterKey cluster) => _shown.TryGetValue(cluster, out var shown) ? shown.HandEdits : [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var hold = _copy.Hold();
        await WriteAsync(cancellationToken);
    }

    /// <summary>Of what another operator shows it matters only that it is there.</summary>
    private CustomObject KeepOf(CustomObject item) =>
        item.GetLabel(ObjectLabels.Owner) is { } label && label != _owner.Label ? new() { Metadata = item.Metadata } : item;

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _copy.Synced.WaitAsync(cancellationToken);
        _debouncer.NotifyAny();
        while (true)
        {
            await _debouncer.WaitAsync(cancellationToken);

            // A standby shows nothing; what there is news of is kept for when it is the active one.
            if (_copy.Served && _state.Leadership.Holds)
            {
                await WritePendingAsync(cancellationToken);
            }
        }
    }

    private async Task WritePendingAsync(CancellationToken cancellationToken)
    {
        string? error = null;
        var (clusters, any) = _debouncer.Take();
        var pending = any ? clusters.Union(All()) : clusters;
        foreach (var cluster in pending)
        {
            if (!_state.Leadership.Holds)
            {
                _debouncer.Defer(pending);
                return;
            }

            using var limit = new CancellationTokenSource(CallLimit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await WriteAsync(cluster, either.Token);
            }
            catch (Exception e)
                when (e is HttpOperationException or HttpRequestException or IOException
                    || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                )
            {
                error = (e as HttpOperationException)?.Response.Content ?? e.Message;
                _debouncer.Defer([cluster]);
            }
        }

        // Once, until it works again: tried anew with the next change.
        if (error is not null && _error is null)
        {
            LogNotWritten(_kind.Name, error);
        }

        _error = error;
    }

    /// <summary>Every cluster of this kind that is known or shown.</summary>
    private IEnumerable<ClusterKey> All() =>
        _state
            .Clusters.All.Select(report => report.Cluster)
            .Where(cluster => cluster.Domain == _kind.Domain)
            .Concat(_copy.Objects.Values.Select(ClusterOf));

    private async Task WriteAsync(ClusterKey cluster, CancellationToken cancellationToken)
    {
        if (_state.Clusters.Find(cluster) is var (repository, report))
        {
            await ShowAsync(report, repository, cancellationToken);
        }
        else if (_copy.Find(cluster.Namespace, cluster.Name) is { } live && IsForgotten(live))
        {
            _shown.TryRemove(cluster, out _);
            await _calls.DeleteAsync(live, cancellationToken);
        }
    }

    private ClusterKey ClusterOf(CustomObject item) => new(_kind.Domain, item.Metadata.NamespaceProperty, item.Metadata.Name);

    /// <summary>Of a cluster that was ours to show, is in no document any more, and is not there either.</summary>
    private bool IsForgotten(CustomObject live) =>
        Ownership.IsOurs(live.Metadata, _owner)
        && live.GetAnnotation(ObjectLabels.RepositoryAnnotation) is { } repository
        && _state.Repositories.All.Any(known => known.Url == repository)
        && _state.Clusters.IsCertain(repository)
        && _state.Clusters.RepositoryOf(ClusterOf(live)) is null;

    private async Task ShowAsync(ClusterReport report, string repository, CancellationToken cancellationToken)
    {
        var live = _copy.Find(report.Cluster.Namespace, report.Cluster.Name);
        if (live is not null && live.GetLabel(ObjectLabels.Owner) is { } label && label != _owner.Label)
        {
            if (_foreign.Add(report.Cluster))
            {
                LogForeign(report.Cluster, _kind.Name);
            }

            return;
        }

        var shown = _shown.GetOrAdd(report.Cluster, _ => new(_kind, _owner, _calls, _notify, _time));
        var edits = shown.HandEdits;
        try
        {
            await shown.ShowAsync(report, repository, live, cancellationToken);
        }
        finally
        {
            if (!edits.SequenceEqual(shown.HandEdits))
            {
                HandEditsChanged?.Invoke(new(repository, report.Cluster));
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Kind}: objects that show clusters cannot be written; until they can, nothing more is reported of it: {Reason}"
    )]
    private partial void LogNotWritten(string kind, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Cluster}: there is a {Kind} of this name that another operator shows; it is left alone"
    )]
    private partial void LogForeign(ClusterKey cluster, string kind);
}
