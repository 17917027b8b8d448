using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Writing;
using GitOpsOperator.Specs;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Operator.Projections;

/// <summary>
/// Keeps one object of Kubernetes for each cluster of one kind, so that <c>kubectl get</c> and other tools see what git wants and what has
/// become of it. Best effort: where the definition is not installed, or may not be written, everything else works as ever.
/// </summary>
internal sealed partial class ProjectionWriter
{
    /// <summary>Changes this close together are one write.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    private readonly ProjectedKind _kind;
    private readonly OwnerId _owner;
    private readonly Fleet _fleet;
    private readonly IMandate _mandate;
    private readonly Action<Notice> _notify;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProjectionCalls _calls;
    private readonly CachedKind<CustomObject> _copy;
    private readonly CoalescedRequests _requests;
    private readonly ConcurrentDictionary<ClusterKey, Kept> _kept = [];
    private readonly HashSet<ClusterKey> _foreign = [];
    private string? _fault;

    /// <param name="repositories">URLs of the repositories that are followed.</param>
    /// <param name="notify">Told of each edit by hand that was put back.</param>
    public ProjectionWriter(
        IKubernetes client,
        KubernetesCache cache,
        ProjectedKind kind,
        Fleet fleet,
        ImmutableArray<string> repositories,
        IMandate mandate,
        Action<Notice> notify,
        TimeProvider time,
        ILogger logger
    )
    {
        (_kind, _owner, _fleet, _mandate, _notify, _time, _logger) = (kind, cache.Owner, fleet, mandate, notify, time, logger);
        Repositories = repositories;
        _requests = new(Window, time);
        _calls = new(client, kind);
        _copy = cache.RequestOnDemand<CustomObject>(_calls.Resource, KeepOf, _ => Request());
    }

    /// <summary>Raised when somebody's edit was put back, with the URL of the cluster's repository.</summary>
    public event Action<string>? PutBack;

    private ImmutableArray<string> Repositories { get; }

    /// <summary>Something may have changed.</summary>
    public void Request() => _requests.Request();

    /// <summary>What somebody has changed of the cluster's object by hand.</summary>
    public ImmutableArray<DriftEntry> DriftsOf(ClusterKey cluster) => _kept.TryGetValue(cluster, out var kept) ? kept.Ledger.Entries : [];

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
        Request();
        while (true)
        {
            await _requests.WaitAsync(cancellationToken);
            if (_copy.Served)
            {
                await WriteAllAsync(cancellationToken);
            }
        }
    }

    private async Task WriteAllAsync(CancellationToken cancellationToken)
    {
        string? fault = null;
        foreach (var work in Work())
        {
            if (!_mandate.Holds)
            {
                return;
            }

            using var limit = new CancellationTokenSource(CallLimit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await work(either.Token);
            }
            catch (Exception e)
                when (e is HttpOperationException or HttpRequestException or IOException
                    || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                )
            {
                fault = (e as HttpOperationException)?.Response.Content ?? e.Message;
            }
        }

        // Once, until it works again: tried anew with the next change.
        if (fault is not null && _fault is null)
        {
            LogNotWritten(_kind.Name, fault);
        }

        _fault = fault;
    }

    private IEnumerable<Func<CancellationToken, Task>> Work()
    {
        var shown = new HashSet<ObjectKey>();
        foreach (var repository in Repositories)
        {
            foreach (var report in _fleet.Reports(repository).Where(report => report.Cluster.Domain == _kind.Domain))
            {
                shown.Add(new(report.Cluster.Namespace, report.Cluster.Name));
                yield return token => ShowAsync(report, repository, token);
            }
        }

        foreach (var (key, live) in _copy.Objects.Where(item => !shown.Contains(item.Key) && IsForgotten(item.Value)))
        {
            yield return token => ForgetAsync(key, live, token);
        }
    }

    /// <summary>Of a cluster that was ours to show, is in no document any more, and is not there either.</summary>
    private bool IsForgotten(CustomObject live) =>
        Ownership.IsOurs(live.Metadata, _owner)
        && live.GetAnnotation(ObjectLabels.RepositoryAnnotation) is { } repository
        && Repositories.Contains(repository)
        && _fleet.IsCertain(repository)
        && _fleet.RepositoryOf(new(_kind.Domain, live.Metadata.NamespaceProperty, live.Metadata.Name)) is null;

    private Task ForgetAsync(ObjectKey key, CustomObject live, CancellationToken cancellationToken)
    {
        _kept.TryRemove(new(_kind.Domain, key.Namespace, key.Name), out _);
        return _calls.DeleteAsync(live, cancellationToken);
    }

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

        var kept = _kept.GetOrAdd(report.Cluster, _ => new(new(new(), _time)));
        var seen = (report, live);
        if (kept.Shown == seen && kept.Ledger.Entries.IsEmpty)
        {
            // One cluster's news is no reason to compare a thousand others.
            return;
        }

        if (Projection.Of(report, _kind, _owner, repository) is { } wanted)
        {
            live = await ShowSpecAsync(report.Cluster, repository, kept, wanted, live, cancellationToken);
        }

        if (live is not null)
        {
            await ShowStatusAsync(report, kept, live, cancellationToken);
        }

        kept.Shown = seen;
    }

    private async Task<CustomObject?> ShowSpecAsync(
        ClusterKey cluster,
        string repository,
        Kept kept,
        CustomObject wanted,
        CustomObject? live,
        CancellationToken cancellationToken
    )
    {
        var text = wanted.Spec!.ToJsonString();
        var facts = live is null ? [] : kept.Ledger.Take(Projection.HandEdits(wanted, live, kept.Spec?.AsKept));
        if (live is not null && kept.Spec is null && SameMetadata(wanted, live) && JsonNode.DeepEquals(wanted.Spec, live.Spec))
        {
            kept.Spec = new(text, live.Spec);
        }

        var asked = kept.Spec is not null && kept.Spec.Wanted == text && live is not null && SameMetadata(wanted, live);

        // Asked for already, and either it is so, or somebody else insists on something else.
        if (asked && !facts.Any(fact => fact.PutBack))
        {
            return live;
        }

        var applied = await _calls.ApplyAsync(wanted, cancellationToken);
        kept.Spec = new(text, applied.Spec);
        if (facts.FirstOrDefault(fact => fact.PutBack) is { } edit)
        {
            kept.Ledger.NotePutBack(edit.Target);
            _notify(
                new(
                    cluster,
                    NoticeKind.Step,
                    "HandEditPutBack",
                    $"{edit.Target} {edit.Path}: {edit.Live ?? "removed"} put back to {edit.Git ?? "nothing"}, changed by {edit.ChangedBy}: it shows what git says, and changing it changes no cluster"
                )
            );
            PutBack?.Invoke(repository);
        }

        return applied;
    }

    private async Task ShowStatusAsync(ClusterReport report, Kept kept, CustomObject live, CancellationToken cancellationToken)
    {
        var status = JsonNode.Parse(Projection.Status(report, live, _time.GetUtcNow()).ToJsonString())!.AsObject();
        var text = status.ToJsonString();
        if (
            JsonNode.DeepEquals(status, live.Status)
            || (kept.Status is { } last && last.Wanted == text && JsonNode.DeepEquals(last.AsKept, live.Status))
        )
        {
            return;
        }

        var applied = await _calls.ApplyStatusAsync(
            new()
            {
                ApiVersion = ProjectedKind.ApiVersion,
                Kind = _kind.Name,
                Metadata = new() { Name = report.Cluster.Name, NamespaceProperty = report.Cluster.Namespace },
                Status = status,
            },
            cancellationToken
        );
        kept.Status = new(text, applied.Status);
    }

    private static bool SameMetadata(CustomObject wanted, CustomObject live) =>
        wanted.Metadata.Labels.All(label => live.GetLabel(label.Key) == label.Value)
        && wanted.Metadata.Annotations.All(annotation => live.GetAnnotation(annotation.Key) == annotation.Value);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Kind}: objects that show clusters cannot be written; until they can, nothing more is told of it: {Reason}"
    )]
    private partial void LogNotWritten(string kind, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Cluster}: there is a {Kind} of this name that another operator shows; it is left alone"
    )]
    private partial void LogForeign(ClusterKey cluster, string kind);

    /// <summary>What was asked for, and what the API server made of it: an older definition may not know all of it.</summary>
    private sealed record Asked(string Wanted, JsonObject? AsKept);

    /// <summary>What is remembered of one object.</summary>
    private sealed class Kept(DriftLedger ledger)
    {
        public DriftLedger Ledger { get; } = ledger;

        public Asked? Spec { get; set; }

        public Asked? Status { get; set; }

        /// <summary>What the object was last brought in line with, and how it was before.</summary>
        public (ClusterReport Report, CustomObject? Live)? Shown { get; set; }
    }
}
