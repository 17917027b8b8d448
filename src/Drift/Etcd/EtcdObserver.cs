using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsOperator.Drift.Etcd.Access;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Drift.Etcd;

/// <summary>
/// Looks at a cluster: what Kubernetes has of it, from the watches, and what each member says of itself, each at its own endpoint.
/// Looks of the same cluster wait for each other.
/// </summary>
public sealed class EtcdObserver(KubernetesView view, NodeStates nodes, EtcdEndpoints endpoints, EtcdObserverOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<ClusterKey, EtcdHistory> _histories = [];

    public async Task<EtcdLive> ObserveAsync(ClusterKey cluster, OwnerId owner, CancellationToken cancellationToken)
    {
        if (view.Staleness is { } stale && time.GetUtcNow() - stale.Since >= options.StalenessLimit)
        {
            throw new StaleViewException(stale);
        }

        var history = _histories.GetOrAdd(cluster, _ => new());
        return await history.InTurnAsync(() => ObserveAsync(cluster, owner, history, cancellationToken), cancellationToken);
    }

    private async Task<EtcdLive> ObserveAsync(ClusterKey cluster, OwnerId owner, EtcdHistory history, CancellationToken cancellationToken)
    {
        var names = new EtcdNames(cluster);
        var objects = new EtcdObjects(view, cluster, owner, time.GetUtcNow());
        var known = objects.Indexes();

        var statuses = await AskAsync(names, [.. known.Where(index => objects.Pod(index) is { Phase: PodPhase.Running })], history, cancellationToken);
        var membership = await MembershipAsync(names, statuses, cancellationToken);
        var entries = (membership?.Entries ?? []).ToLookup(entry => names.IndexOfPeerUrl(entry.PeerUrl));
        var indexes = known.Union(entries.Select(group => group.Key).OfType<int>());
        history.ForgetAllBut(indexes);

        var (record, fault) = objects.Record is { } configMap ? EtcdRecordJson.Read(configMap) : (null, null);
        var live = new EtcdLive
        {
            Cluster = cluster,
            Record = record,
            RecordVersion = objects.Record?.Metadata.ResourceVersion,
            RecordFault = fault,
            Foreign = objects.Foreign(record?.NextIndex ?? 0, known),
            Shared = objects.Shared,
            ServesDisruptionBudgets = view.DisruptionBudgets.Served,
            Membership = membership,
            Snapshot = objects.Snapshot,
            AskedSnapshot = objects.AskedSnapshot,
            Members =
            [
                .. await Task.WhenAll(indexes.Select(index => WithItsNodeAsync(
                    new MemberLive(index)
                    {
                        Entry = entries[index].FirstOrDefault(),
                        StatefulSet = objects.StatefulSet(index),
                        Boot = objects.Boot(index),
                        Pod = objects.Pod(index),
                        Claim = objects.Claim(index),
                        Endpoint = history.Judge(index, statuses.GetValueOrDefault(index), options.Grace, time),
                    },
                    cancellationToken))),
            ],
            StrangerEntries = [.. entries[null]],
            Settled = false,
        };
        return live with { Settled = history.IsSettled(live, options.Settle, time) };
    }

    /// <summary>Of a member that has been silent for long it matters whether anybody could be running it.</summary>
    private async Task<MemberLive> WithItsNodeAsync(MemberLive member, CancellationToken cancellationToken) =>
        member is { Endpoint: EndpointLive.Unreachable { BeyondGrace: true }, Pod: { Node: { } node } pod }
            ? member with { Pod = pod with { NodeTrouble = await nodes.TroubleAsync(node, cancellationToken) } }
            : member;

    /// <summary>The cluster's record as the watches have it; null where there is none that can be read.</summary>
    public EtcdRecord? RecordOf(ClusterKey cluster, OwnerId owner) =>
        new EtcdObjects(view, cluster, owner, time.GetUtcNow()).Record is { } configMap ? EtcdRecordJson.Read(configMap).Record : null;

    /// <summary>Closes the connections to a cluster that is no longer looked after.</summary>
    public void Forget(ClusterKey cluster)
    {
        if (_histories.TryRemove(cluster, out var history))
        {
            foreach (var url in history.Urls)
            {
                endpoints.Close(url);
            }
        }
    }

    private async Task<ImmutableDictionary<int, EndpointStatus>> AskAsync(
        EtcdNames names, ImmutableArray<int> indexes, EtcdHistory history, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(indexes.Select(async index => (index, Status: await AskAsync(names.ClientUrl(index), cancellationToken))));
        var urls = indexes.Select(names.ClientUrl).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in history.Urls.Except(urls))
        {
            endpoints.Close(gone);
        }

        history.Urls = urls;
        return answers.Where(answer => answer.Status is not null).ToImmutableDictionary(answer => answer.index, answer => answer.Status!);
    }

    /// <summary>Asks one member, and no other, how it is. Null if it does not answer.</summary>
    private async Task<EndpointStatus?> AskAsync(string url, CancellationToken cancellationToken)
    {
        var endpoint = endpoints.At(url);
        EndpointStatus status;
        try
        {
            status = await endpoint.StatusAsync(cancellationToken);
        }
        catch (EtcdCallException)
        {
            endpoints.Close(url);
            return null;
        }

        if (status.IsLearner)
        {
            return status;
        }

        try
        {
            await endpoint.ReadLinearizablyAsync(cancellationToken);
            return status with { LinearizableRead = true };
        }
        catch (EtcdCallException)
        {
            // It lives and cannot reach quorum: that is what LinearizableRead = false says.
            return status;
        }
    }

    /// <summary>The list as one member with quorum has it, the leader first: whoever can read through quorum has the true one.</summary>
    private async Task<MembershipLive?> MembershipAsync(
        EtcdNames names, ImmutableDictionary<int, EndpointStatus> statuses, CancellationToken cancellationToken)
    {
        var able = statuses
            .Where(answer => answer.Value.LinearizableRead)
            .OrderByDescending(answer => answer.Value.LeaderId == answer.Value.MemberId)
            .ThenBy(answer => answer.Key);
        foreach (var (index, _) in able)
        {
            try
            {
                return await endpoints.At(names.ClientUrl(index)).MembershipAsync(cancellationToken);
            }
            catch (EtcdCallException)
            {
                // The next one may still be able to; if none is, the list is unknown.
                continue;
            }
        }

        return null;
    }
}
