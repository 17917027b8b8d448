using System.Collections.Immutable;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Tests.Repositories;

/// <summary>A domain that only remembers what git made of it, so that a test can tell that nothing was.</summary>
internal sealed class RecordingDomain : IClusterDomain
{
    private readonly List<string> _handedOver = [];

    public string Domain => "etcd";

    public ViewAge? Stale => null;

    /// <summary>What was desired, kept or let go of, in order.</summary>
    public ImmutableArray<string> HandedOver
    {
        get
        {
            lock (_handedOver)
            {
                return [.. _handedOver];
            }
        }
    }

    /// <summary>What a domain remembers from before the operator was started.</summary>
    public Func<ClusterDocument, bool> Remembers { get; init; } = _ => false;

    public bool IsChange(ClusterDocument document) => Remembers(document);

    public ImmutableArray<ClusterKey> MadeFrom(string repository) => [];

    public IClusterControl Control(ClusterKey cluster, Action changed) => new Recorded(this, cluster);

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ImmutableArray<DriftEntry>> DriftsAsync(
        ClusterDocument document,
        DocumentSource source,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException("These tests only hand documents over");

    public Task<PlanView> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken) =>
        throw new NotSupportedException("These tests only hand documents over");

    private void Note(string what)
    {
        lock (_handedOver)
        {
            _handedOver.Add(what);
        }
    }

    private sealed class Recorded(RecordingDomain domain, ClusterKey cluster) : IClusterControl
    {
        public ClusterReport? Report => null;

        public void Desire(ClusterDocument document, DocumentSource source) =>
            domain.Note($"{cluster} with size {document.Fields["spec.size"]}");

        public void KeepAccepted(string repository) => domain.Note($"{cluster} kept");

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            domain.Note($"{cluster} let go");
        }
    }
}
