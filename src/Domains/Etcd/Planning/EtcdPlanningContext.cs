using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>Desired and live side by side, with the terms that the rules speak in. Nothing here decides.</summary>
/// <param name="Gate">Judges whether a step that changes etcd itself may be sent now.</param>
/// <param name="Review">In what the plan for a change that was reviewed is worse than what was shown; null where it is not.</param>
internal sealed record EtcdPlanningContext(
    EtcdDesired Desired,
    EtcdLive Live,
    EtcdHashes Hashes,
    QuorumGate Gate,
    Func<EtcdPlanningContext, string?> Review
)
{
    private (bool Known, string? Worse) _reviewed;

    /// <summary>
    /// In what the plan for a change that was reviewed is worse than what was shown; null where it is not, or was not reviewed. Several
    /// rules ask, and the answer takes a whole forecast.
    /// </summary>
    public string? WorseThanReviewed => (_reviewed = _reviewed.Known ? _reviewed : (true, Review(this))).Worse;

    public EtcdNames Names => new(Live.Cluster);

    /// <summary>The rules that need it stand after the one that creates it.</summary>
    public EtcdRecord Record =>
        Live.Record ?? throw new InvalidOperationException($"A rule asked for the record of {Live.Cluster}, which has none.");

    public EtcdIntent? Intent => Record.Intent;

    /// <summary>
    /// The desired state in force: what was last accepted, which a newer commit replaces only between membership changes.
    /// </summary>
    public EtcdDesired Accepted => Desired with { Source = Record.Accepted ?? Desired.Source };

    public int Size => Accepted.Spec.Size;

    public ImmutableArray<MemberLive> Voters { get; } = [.. Live.Members.Where(m => m.Entry is { IsLearner: false }).OrderBy(m => m.Index)];

    public ImmutableArray<MemberLive> Learners { get; } =
    [.. Live.Members.Where(m => m.Entry is { IsLearner: true }).OrderBy(m => m.Index)];

    public int HealthyVoters => Voters.Count(MemberHealth.IsHealthyVoter);

    /// <summary>The leader that every listed member that answers agrees on; null where they do not, or where none answers.</summary>
    public MemberLive? Leader
    {
        get
        {
            var named = Statuses.Select(s => s.LeaderId).Distinct().ToArray();
            return named is [var id] ? Voters.FirstOrDefault(v => v.Entry?.Id == id) : null;
        }
    }

    /// <summary>How far the leader is whose list is believed; null where none is seen.</summary>
    public LogPosition? Position => LogPosition.Of(Live);

    /// <summary>
    /// <see cref="Position"/>, where every member that is known here is listed and none lists others: then it is that of the one history
    /// there is, and may be remembered.
    /// </summary>
    public LogPosition? CertainPosition => Live.OtherLists.IsEmpty && Live.Members.All(m => m.Entry is not null) ? Position : null;

    /// <summary>What the listed members answered.</summary>
    public IEnumerable<EndpointStatus> Statuses =>
        Voters.Concat(Learners).Select(m => m.Endpoint).OfType<EndpointLive.Reachable>().Select(r => r.Status);

    /// <inheritdoc cref="VoterBudget.MinAvailable"/>
    public int? MinAvailable => VoterBudget.MinAvailable(Accepted, Live, Hashes);

    public string Name(int index) => Names.Member(index);

    public string NamesOf(IEnumerable<MemberLive> members) => string.Join(", ", members.Select(m => Name(m.Index)));

    public MemberLive? Member(int index) => Live.Members.FirstOrDefault(m => m.Index == index);

    /// <inheritdoc cref="OutdatedMember.Is"/>
    public bool IsOutdated(MemberLive member) => OutdatedMember.Is(Accepted, member, Hashes);

    /// <summary>
    /// The one voter that has been silent for long while all others are healthy, and not only for us; null where it is none, or several.
    /// </summary>
    public MemberLive? Lost =>
        Voters.Where(m => !MemberHealth.IsHealthyVoter(m)).ToArray() is [var lost]
        && MemberHealth.IsSilentForLong(lost)
        && !MemberHealth.IsOutOfReach(lost)
            ? lost
            : null;

    /// <summary><see cref="Lost"/>, where Kubernetes does not run it: it could not answer.</summary>
    public MemberLive? Hindered =>
        Lost is { } lost && MemberHealth.Hindrance(lost) is not null && !MemberHealth.IsWiped(lost) ? lost : null;

    /// <summary>
    /// Nothing of the intent has reached etcd yet, so dropping it leaves nothing half done: an addition that is not listed, or a removal
    /// whose member still is. A member that is being updated is told by its objects, and one that left by itself is found again.
    /// </summary>
    public bool IntentIsUntouched =>
        Intent switch
        {
            null => true,
            EtcdIntent.Add add => Member(add.Index) is not { } member || (member.Entry is null && !MemberHealth.HasObjects(member)),
            EtcdIntent.Remove { Reason: RemovalReason.Departed } => true,
            EtcdIntent.Remove remove => Member(remove.Index)?.Entry?.Id == remove.MemberId,
            EtcdIntent.Update => true,
            _ => false,
        };
}
