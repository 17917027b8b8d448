using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>Desired and live side by side, with the terms that the rules speak in. Nothing here decides.</summary>
internal sealed record EtcdSituation(EtcdDesired Desired, EtcdLive Live, EtcdHashes Hashes, QuorumGate Gate)
{
    private (bool Known, string? Worse) _reviewed;

    /// <summary>
    /// In what the plan for a change that was reviewed is worse than what was shown; null where it is not, or was not reviewed. Several rules
    /// ask, and the answer takes a whole forecast.
    /// </summary>
    public string? WorseThanReviewed => (_reviewed = _reviewed.Known ? _reviewed : (true, EtcdPlanner.CompareWithReviewed(this))).Worse;

    public EtcdNames Names => new(Live.Cluster);

    /// <summary>The rules that need it stand after the one that creates it.</summary>
    public EtcdRecord Record =>
        Live.Record ?? throw new InvalidOperationException($"A rule asked for the record of {Live.Cluster}, which has none.");

    public EtcdIntent? Intent => Record.Intent;

    /// <summary>The desired state in force: what was last accepted, which a newer commit replaces only between membership changes.</summary>
    public EtcdDesired Accepted => Desired with { Source = Record.Accepted ?? Desired.Source };

    public int Size => Accepted.Spec.Size;

    public ImmutableArray<MemberLive> Voters { get; } = [.. Live.Members.Where(m => m.Entry is { IsLearner: false }).OrderBy(m => m.Index)];

    public ImmutableArray<MemberLive> Learners { get; } =
    [.. Live.Members.Where(m => m.Entry is { IsLearner: true }).OrderBy(m => m.Index)];

    public int HealthyVoters => Voters.Count(IsHealthyVoter);

    /// <summary>The leader that every listed member that answers agrees on; null where they do not, or where none answers.</summary>
    public MemberLive? Leader
    {
        get
        {
            var named = Statuses.Select(s => s.LeaderId).Distinct().ToArray();
            return named is [var id] ? Voters.FirstOrDefault(v => v.Entry?.Id == id) : null;
        }
    }

    /// <summary>What the listed members answered.</summary>
    public IEnumerable<EndpointStatus> Statuses =>
        Voters.Concat(Learners).Select(m => m.Endpoint).OfType<EndpointLive.Reachable>().Select(r => r.Status);

    /// <summary>
    /// How many voters the disruption budget keeps: never fewer than a quorum of what is, nor of what is being built. What is are those listed
    /// and those that serve clients, since either may be unknown to the other. Members are restarted before others are added, so while some
    /// are outdated a quorum of those that are to come would forbid every restart. Null where the API server has no budgets.
    /// </summary>
    public int? MinAvailable =>
        !Live.ServesDisruptionBudgets
            ? null
            : Quorum.Of(
                new[]
                {
                    Live.Members.Any(m => m.StatefulSet is { VoterRole: true } && IsOutdated(m)) ? 1 : Size,
                    Live.Members.Count(m => m.StatefulSet is { VoterRole: true }),
                    Voters.Length,
                }.Max()
            );

    public string Name(int index) => Names.Member(index);

    public string NamesOf(IEnumerable<MemberLive> members) => string.Join(", ", members.Select(m => Name(m.Index)));

    public MemberLive? Member(int index) => Live.Members.FirstOrDefault(m => m.Index == index);

    /// <summary>
    /// Its StatefulSet or its pod was made from something else than git asks for now. That this version of the operator would render the same
    /// wish differently counts only where <see cref="EtcdSpec.RolloutPolicy"/> says so.
    /// </summary>
    public bool IsOutdated(MemberLive member)
    {
        if (member.StatefulSet is not { Terminating: false } set)
        {
            return false;
        }

        return Differs(set.SpecHash, set.DesiredHash)
            || (member.Pod is { Terminating: false, SpecHash: not null } pod && Differs(pod.SpecHash, pod.DesiredHash));

        // What does not say what was asked for can only be judged by what it was rendered as; else nothing has to be rendered.
        bool Differs(string? spec, string? desired) =>
            desired is null || Accepted.Spec.RolloutPolicy == RolloutPolicy.Always
                ? spec != Hashes.StatefulSet(Accepted, member.Index)
                : desired != Hashes.Desired(Accepted);
    }

    /// <summary>The version that the member says it runs; null where it does not answer, or not with a release.</summary>
    public static EtcdVersion? VersionOf(MemberLive member) =>
        Status(member) is { } status && EtcdVersion.TryParse(status.Version, out var version) ? version : null;

    public static EndpointStatus? Status(MemberLive member) => (member.Endpoint as EndpointLive.Reachable)?.Status;

    /// <summary>A listed voter that answers as itself and serves a linearizable read. What is not known is not healthy.</summary>
    public static bool IsHealthyVoter(MemberLive member) =>
        member.Entry is { IsLearner: false } entry
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
    /// Why no node can be asked about a member that has been silent for long: none has its pod, or the one that has is not there. Null where it
    /// answers or is silent of itself.
    /// </summary>
    public static string? NodeTrouble(MemberLive member) =>
        !IsSilentForLong(member)
            ? null
            : member.Pod switch
            {
                { NodeTrouble: { } trouble } => trouble,
                { StuckOn: { } node } => $"its pod was told to end, and node {node} does not say that it has",
                _ => null,
            };

    /// <summary>
    /// Why Kubernetes does not run a member that has been silent for long, be it the node's doing or not; null where it runs it, or the
    /// member answers.
    /// </summary>
    public static string? Hindrance(MemberLive member) =>
        NodeTrouble(member)
        ?? (
            member switch
            {
                { Endpoint: EndpointLive.Unreachable { HeldUp: true }, Pod.StartTrouble: { } trouble } => trouble,
                { Endpoint: EndpointLive.Unreachable { HeldUp: true }, Pod: null } => member.StatefulSet switch
                {
                    null => "it has no StatefulSet",
                    { Terminating: true } => "its StatefulSet is being deleted",
                    _ => "its StatefulSet's controller makes no pod (quota, admission, a controller that does not run)",
                },
                _ => null,
            }
        );

    /// <summary>The one voter that has been silent for long while all others are healthy, and not only for us; null where it is none, or several.</summary>
    public MemberLive? Lost =>
        Voters.Where(m => !IsHealthyVoter(m)).ToArray() is [var lost] && IsSilentForLong(lost) && !IsOutOfReach(lost) ? lost : null;

    /// <summary><see cref="Lost"/>, where Kubernetes does not run it: it could not answer.</summary>
    public MemberLive? Hindered => Lost is { } lost && Hindrance(lost) is not null && !IsWiped(lost) ? lost : null;

    public static bool HasObjects(MemberLive member) =>
        member.StatefulSet is not null || member.Boot is not null || member.Pod is not null || member.Claim is not null;

    /// <summary>
    /// The member's data is certainly gone: it says so by exiting though sealed, and its node is there to tell us, or neither a volume
    /// nor a process that could hold data is left. Silence alone never means this.
    /// </summary>
    public static bool IsWiped(MemberLive member) =>
        IsSilent(member)
        && (
            (member.Pod is { DataLost: true, NodeTrouble: null } && member.Boot is { Sealed: true })
            || (member.Entry is { Started: true } && member is { StatefulSet: null, Pod: null, Claim: null })
        );

    /// <summary>
    /// Nothing of the intent has reached etcd yet, so dropping it leaves nothing half done: an addition that is not listed, or a removal
    /// whose member still is. A member that is being updated is told by its objects, and one that left by itself is found again.
    /// </summary>
    public bool IntentIsUntouched =>
        Intent switch
        {
            null => true,
            EtcdIntent.Add add => Member(add.Index) is not { } member || (member.Entry is null && !HasObjects(member)),
            EtcdIntent.Remove { Reason: RemovalReason.Departed } => true,
            EtcdIntent.Remove remove => Member(remove.Index)?.Entry?.Id == remove.MemberId,
            EtcdIntent.Update => true,
            _ => false,
        };
}
