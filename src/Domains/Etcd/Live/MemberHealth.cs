using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// What is known of one member, in the terms that rules, steps and reports share. What is not known is not healthy. Pure.
/// </summary>
public static class MemberHealth
{
    /// <summary>The version that the member says it runs; null where it does not answer, or not with a release.</summary>
    public static EtcdVersion? VersionOf(MemberLive member) =>
        Status(member) is { } status && EtcdVersion.TryParse(status.Version, out var version) ? version : null;

    public static EndpointStatus? Status(MemberLive member) => (member.Endpoint as EndpointLive.Reachable)?.Status;

    /// <summary>
    /// A listed voter that answers as itself and serves a linearizable read. What is not known is not healthy, nor is one whose pod has
    /// been told to end: it answers for a moment longer, and then it is down.
    /// </summary>
    public static bool IsHealthyVoter(MemberLive member) =>
        member is { Entry: { IsLearner: false } entry, Pod: not { Terminating: true } }
        && Status(member) is { LinearizableRead: true, IsLearner: false } status
        && status.MemberId == entry.Id;

    public static bool IsSilent(MemberLive member) => member.Endpoint is EndpointLive.Unreachable;

    /// <summary>It could have answered for longer than the grace period and has not.</summary>
    public static bool IsSilentBeyondGrace(MemberLive member) => member.Endpoint is EndpointLive.Unreachable { BeyondGrace: true };

    /// <summary>
    /// It has not answered for longer than the grace period, whoever is to blame: a reason to tell people, and none to replace it.
    /// </summary>
    public static bool IsSilentForLong(MemberLive member) =>
        member.Endpoint is EndpointLive.Unreachable { BeyondGrace: true } or EndpointLive.Unreachable { HeldUp: true };

    /// <summary>It does not answer us and answers its kubelet, whose word comes by way of the API server.</summary>
    public static bool IsOutOfReach(MemberLive member) => IsSilent(member) && member.Pod is { Ready: true, Terminating: false };

    /// <summary>
    /// Why no node can be asked about a member that has been silent for long: none has its pod, or the one that has is not there. Null
    /// where it answers or is silent of itself.
    /// </summary>
    public static string? NodeNotReadyReason(MemberLive member) =>
        !IsSilentForLong(member)
            ? null
            : member.Pod switch
            {
                { NodeNotReadyReason: { } reason } => reason,
                { StuckOn: { } node } => $"its pod was told to end, and node {node} does not say that it has",
                _ => null,
            };

    /// <summary>
    /// Why Kubernetes does not run a member that has been silent for long, be it the node's doing or not; null where it runs it, or the
    /// member answers.
    /// </summary>
    public static string? Hindrance(MemberLive member) =>
        NodeNotReadyReason(member)
        ?? (
            member switch
            {
                { Endpoint: EndpointLive.Unreachable { HeldUp: true }, Pod.WaitingReason: { } reason } => reason,
                { Endpoint: EndpointLive.Unreachable { HeldUp: true }, Pod: null } => member.StatefulSet switch
                {
                    null => "it has no StatefulSet",
                    { Terminating: true } => "its StatefulSet is being deleted",
                    _ => "its StatefulSet's controller makes no pod (quota, admission, a controller that does not run)",
                },
                _ => null,
            }
        );

    public static bool HasObjects(MemberLive member) =>
        member.StatefulSet is not null || member.Boot is not null || member.Pod is not null || member.Claim is not null;

    /// <summary>Kubernetes has something of it, and the list that is believed has not.</summary>
    public static bool IsUnlisted(MemberLive member) => member.Entry is null && HasObjects(member);

    /// <summary>
    /// The member's data is certainly gone: it says so by exiting though sealed, and its node is there to tell us, or neither a volume
    /// nor a process that could hold data is left. Silence alone never means this.
    /// </summary>
    public static bool IsWiped(MemberLive member) =>
        IsSilent(member)
        && (
            (member.Pod is { DataLost: true, NodeNotReadyReason: null } && member.Boot is { Sealed: true })
            || (member.Entry is { Started: true } && member is { StatefulSet: null, Pod: null, Claim: null })
        );
}
