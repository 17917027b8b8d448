using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// Looks at a cluster: what Kubernetes has of it, from the watches, and what each member says of itself, each at its own endpoint.
/// Looks of the same cluster wait for each other.
/// </summary>
public sealed class EtcdObserver(
    KubernetesView view,
    NodeStates nodes,
    EtcdEndpoints endpoints,
    EtcdObserverOptions options,
    TimeProvider time
)
{
    private readonly ConcurrentDictionary<ClusterKey, EtcdHistory> _histories = [];

    public async Task<EtcdLive> ObserveAsync(ClusterKey cluster, OwnerId owner, CancellationToken cancellationToken)
    {
        view.EnsureFresh();
        var history = _histories.GetOrAdd(cluster, _ => new() { Writers = new(options.Writer) });
        return await history.InTurnAsync(() => ObserveAsync(cluster, owner, history, cancellationToken), cancellationToken);
    }

    private async Task<EtcdLive> ObserveAsync(ClusterKey cluster, OwnerId owner, EtcdHistory history, CancellationToken cancellationToken)
    {
        var names = new EtcdNames(cluster);
        var objects = new EtcdObjects(view, cluster, owner, time.GetUtcNow());
        var known = objects.Indexes();

        var running = known.Where(index => objects.Pod(index) is { Phase: PodPhase.Running });
        var answers = await AskAsync(names, [.. running], history, cancellationToken);
        var (membership, otherLists) = await ListsAsync(names, answers, cancellationToken);
        var (record, fault) = objects.Record is { } configMap ? EtcdRecordJson.Read(configMap) : (null, null);

        var listed = EtcdLists.Believe(
            new EtcdLive
            {
                Cluster = cluster,
                Record = record,
                Members =
                [
                    .. known.Select(index => new MemberLive(index)
                    {
                        StatefulSet = objects.StatefulSet(index),
                        Boot = objects.Boot(index),
                        Pod = objects.Pod(index),
                        Claim = objects.Claim(index),
                    }),
                ],
                Settled = false,
            },
            membership
        );
        var indexes = listed.Members.Select(member => member.Index).ToHashSet();
        history.ForgetAllBut(indexes);
        var live = listed with
        {
            RecordVersion = objects.Record?.Metadata.ResourceVersion,
            RecordFault = fault,
            RecordGone = fault is null ? history.GoneRecord(record) : null,
            OtherWriter = history.Writers.Look(
                objects.Record?.GetAnnotation(EtcdRecordStore.WriterAnnotation),
                objects.Record?.Metadata.ResourceVersion,
                time
            ),
            Foreign = objects.Foreign(record?.NextIndex ?? 0, indexes),
            Shared = objects.Shared,
            ServesDisruptionBudgets = view.DisruptionBudgets.Served,
            OtherLists = otherLists,
            Snapshot = objects.Snapshot,
            AskedSnapshot = objects.AskedSnapshot,
            Members =
            [
                .. await Task.WhenAll(
                    listed.Members.Select(async member =>
                        Evaluate(
                            member,
                            answers.GetValueOrDefault(member.Index),
                            await NodeAsync(member.Pod, answers.ContainsKey(member.Index), cancellationToken),
                            history
                        )
                    )
                ),
            ],
            JoinIsDue = history.IsJoinDue(record?.FailedJoins ?? 0, options.JoinRetry, time),
        };
        var left = history.SettlesIn(live, options.Settle, time);
        return RetainedClaims.SetApart(live) with { Settled = left is null, SettlesIn = left };
    }

    /// <summary>
    /// Of a member that is silent it matters whether anybody could be running it; null where it is on no node, or answers.
    /// </summary>
    private async Task<NodeState?> NodeAsync(PodLive? pod, bool answers, CancellationToken cancellationToken) =>
        !answers && pod is { Node: { } node } ? await nodes.ReadAsync(node, cancellationToken) : null;

    private MemberLive Evaluate(MemberLive member, EndpointStatus? status, NodeState? node, EtcdHistory history)
    {
        var startedSealed = history.IsStartedSealed(member.Index, member.Boot, member.Pod);
        var pod = member.Pod is { } seen
            ? seen with
            {
                DataLost = seen.DataLost && startedSealed,
                NodeNotReadyReason = seen.NodeNotReadyReason ?? node?.NotReadyReason,
            }
            : null;
        return member with
        {
            Pod = pod,
            Endpoint = history.Evaluate(member.Index, status, EtcdRun.Of(pod, node?.Since), options.Grace, time),
        };
    }

    /// <summary>The cluster's record as the watches have it; null where there is none that can be read.</summary>
    public EtcdRecord? RecordOf(ClusterKey cluster, OwnerId owner) =>
        new EtcdObjects(view, cluster, owner, time.GetUtcNow()).Record is { } configMap ? EtcdRecordJson.Read(configMap).Record : null;

    /// <summary>Closes the connections to a cluster that is no longer managed.</summary>
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
        EtcdNames names,
        ImmutableArray<int> indexes,
        EtcdHistory history,
        CancellationToken cancellationToken
    )
    {
        var answers = await Task.WhenAll(
            indexes.Select(async index => (index, Status: await AskAsync(names.ClientUrl(index), cancellationToken)))
        );
        var urls = indexes.Select(names.ClientUrl).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in history.Urls.Except(urls))
        {
            endpoints.Close(gone);
        }

        history.Urls = urls;
        return answers.Where(asked => asked.Status is not null).ToImmutableDictionary(asked => asked.index, asked => asked.Status!);
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

    /// <summary>
    /// The list as one member with quorum has it, the leader first, and who of the others has another one. They are asked once all have
    /// said how they are, so that whoever has answered may be listed.
    /// </summary>
    private async Task<(MembershipLive? List, ImmutableArray<OtherListLive> Others)> ListsAsync(
        EtcdNames names,
        ImmutableDictionary<int, EndpointStatus> statuses,
        CancellationToken cancellationToken
    )
    {
        var able = statuses
            .Where(answer => answer.Value.LinearizableRead)
            .OrderByDescending(answer => answer.Value.LeaderId == answer.Value.MemberId)
            .ThenBy(answer => answer.Key)
            .Select(answer => answer.Key);
        var told = await Task.WhenAll(
            able.Select(async index => (Index: index, List: await ListOfAsync(names.ClientUrl(index), cancellationToken)))
        );
        return EtcdLists.Compare(told);
    }

    /// <summary>Null where the member no longer gives it: whom it lists is not known then, so it confirms nobody's list.</summary>
    private async Task<MembershipLive?> ListOfAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            return await endpoints.At(url).MembershipAsync(cancellationToken);
        }
        catch (EtcdCallException)
        {
            return null;
        }
    }
}
