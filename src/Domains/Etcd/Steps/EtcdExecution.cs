using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Writing;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>What a step works on and with: the desired state in force, what was seen, and the clients.</summary>
/// <param name="Desired">What was last accepted: a newer commit takes over by a step of its own, never in the middle of a change.</param>
internal sealed record EtcdExecution(
    EtcdDesired Desired,
    EtcdLive Live,
    OwnedObjects Objects,
    EtcdRecordStore Records,
    EtcdEndpoints Endpoints,
    Action EnsureFresh
)
{
    public EtcdNames Names => new(Live.Cluster);

    public OwnerId Owner => Desired.Owner;

    public string Incarnation =>
        Live.Record?.Incarnation
        ?? throw new InvalidOperationException(
            $"{Live.Cluster}: a member cannot be started without a record, which holds the cluster's token"
        );

    public MemberLive? Member(int index) => Live.Members.FirstOrDefault(member => member.Index == index);

    public ObjectKey Key(string name) => new(Live.Cluster.Namespace, name);

    public EtcdEndpoint Endpoint(int index) => Endpoints.At(Names.ClientUrl(index));

    /// <summary>A voter that could read through quorum when it was last observed, the leader first.</summary>
    public EtcdEndpoint? Voter(int? except = null) => Voters(except).FirstOrDefault();

    /// <summary>The voters that could read through quorum when they were last observed, the leader first.</summary>
    public IEnumerable<EtcdEndpoint> Voters(int? except = null) =>
        Live
            .Members.Where(member => member.Index != except && member.Endpoint is EndpointLive.Reachable { Status.LinearizableRead: true })
            .OrderByDescending(member =>
                member.Endpoint is EndpointLive.Reachable { Status: var status } && status.LeaderId == status.MemberId
            )
            .ThenBy(member => member.Index)
            .Select(member => Endpoint(member.Index));

    /// <summary>Whether the record is still the one that was seen, by writing it over just that version.</summary>
    public async Task<bool> IsRecordCurrentAsync(CancellationToken cancellationToken)
    {
        EnsureFresh();
        return Live.Record is { } record
            && await Records.TryWriteAsync(Live.Cluster, Owner, record, Live.RecordVersion, cancellationToken) is not null;
    }

    /// <summary>Whether a member answers now, whatever was observed of it.</summary>
    public async Task<bool> AnswersAsync(int index, CancellationToken cancellationToken)
    {
        try
        {
            await Endpoint(index).StatusAsync(cancellationToken);
            return true;
        }
        catch (EtcdCallException)
        {
            // It does not answer: that is what was asked.
            return false;
        }
    }

    /// <summary>
    /// A member's first start: its boot ConfigMap, then its StatefulSet, which no client is sent to.
    /// </summary>
    public async Task StartAsync(int index, V1ConfigMap boot, CancellationToken cancellationToken)
    {
        EnsureFresh();
        await Objects.ApplyAsync(Objects.Kinds.ConfigMaps, boot, cancellationToken);
        await Objects.ApplyAsync(Objects.Kinds.StatefulSets, EtcdRendering.StatefulSet(Desired, index, voter: false), cancellationToken);
    }

    /// <summary>Has a member start from nothing but its data from now on.</summary>
    public Task SealAsync(int index, CancellationToken cancellationToken) =>
        Objects.ApplyAsync(Objects.Kinds.ConfigMaps, EtcdRendering.SealedBoot(Desired, index, Incarnation), cancellationToken);

    /// <summary>MemberRemove; one that is not listed any more is removed already.</summary>
    public async Task RemoveAsync(EtcdEndpoint voter, ulong memberId, CancellationToken cancellationToken)
    {
        EnsureFresh();
        try
        {
            await voter.RemoveAsync(memberId, cancellationToken);
        }
        catch (EtcdCallException e) when (e.Failure == EtcdFailure.NotFound)
        {
            // Removed by whoever came first, perhaps by this operator before it was stopped.
        }
    }

    /// <summary>
    /// Only the label is patched: applying the whole rendering would bring in other changes along with it. The template goes first, so
    /// that a pod made in between already follows it.
    /// </summary>
    /// <param name="role">Null takes the label away.</param>
    public async Task SetVoterRoleAsync(int index, string? role, CancellationToken cancellationToken)
    {
        var label = new Dictionary<string, string?> { [ObjectLabels.Role] = role };
        var template = new { spec = new { template = new { metadata = new { labels = label } } } };
        await Objects.PatchAsync(Objects.Kinds.StatefulSets, Key(Names.Member(index)), Owner, template, cancellationToken);
        var pod = new { metadata = new { labels = label } };
        await Objects.PatchAsync(Objects.Kinds.Pods, Key(Names.Pod(index)), Owner, pod, cancellationToken);
    }
}
