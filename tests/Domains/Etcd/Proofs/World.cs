using System.Collections.Immutable;
using System.Text;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Domains.Etcd.Tests.Planning;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>
/// A cluster as it truly is, of which the planner sees only what <see cref="Observed"/> lets through: with no majority up nobody can
/// read the member list.
/// </summary>
/// <param name="Wrong">How many things have gone wrong since the cluster was last as desired.</param>
/// <param name="Broken">A version that exits at start, whoever is made from it.</param>
internal sealed record World(EtcdDesired Desired, EtcdLive Truth, int Wrong = 0, EtcdVersion? Broken = null)
{
    /// <summary>Three minors of which only neighbours go together, with the patches that the rules ask for.</summary>
    public static readonly ImmutableArray<string> Versions = ["3.4.23", "3.5.32", "3.6.12"];

    public bool Disturbed => Wrong > 0;

    public ImmutableArray<MemberLive> Voters => [.. Truth.Members.Where(m => m.Entry is { IsLearner: false })];

    public ImmutableArray<MemberLive> Learners => [.. Truth.Members.Where(m => m.Entry is { IsLearner: true })];

    public int Up => Voters.Count(IsUp);

    public bool HasQuorum => Voters.Length > 0 && Up >= Quorum.Of(Voters.Length);

    public MemberLive? Leader => Voters.FirstOrDefault(v => Voters.Any(o => MemberHealth.Status(o)?.LeaderId == v.Entry!.Id));

    public static bool IsUp(MemberLive member) => member.Endpoint is EndpointLive.Reachable;

    public EtcdLive Observed => HasQuorum || Truth.Membership is null ? Truth : Blind(Truth);

    public static EtcdLive Blind(EtcdLive truth) =>
        truth with
        {
            Membership = null,
            Members =
            [
                .. truth
                    .Members.Select(m =>
                        m with
                        {
                            Entry = null,
                            Endpoint = m.Endpoint is EndpointLive.Reachable { Status: var status }
                                ? new EndpointLive.Reachable(status with { LinearizableRead = false })
                                : m.Endpoint,
                        }
                    )
                    .Where(m => MemberHealth.HasObjects(m)),
            ],
        };

    /// <summary>
    /// The world with everything left out that cannot matter: members are named by their rank, since only the order of indexes is ever
    /// looked at, and logs are either caught up or not. It makes the number of worlds finite.
    /// </summary>
    public string Key()
    {
        var key = new StringBuilder(96);
        var record = Truth.Record;
        key.Append((char)('0' + Desired.Spec.Size))
            .Append(Letter(Desired.Spec.Version))
            .Append(Broken is { } broken ? Letter(broken) : ' ')
            .Append(Wrong == 0 ? ' ' : (char)('0' + Wrong))
            .Append(Truth.Settled ? 's' : 'u')
            .Append(Truth.Shared.DisruptionBudgetHash ?? "-");
        if (record is not null)
        {
            key.Append((char)('0' + (record.Accepted?.Spec.Size ?? 0)))
                .Append(record.Accepted is { Spec.Version: var accepted } ? Letter(accepted) : '-')
                .Append(record.ClusterId is null ? 'n' : 'l')
                .Append((char)('0' + Math.Min(EtcdRecord.JoinsBeforePause, record.FailedJoins)))
                .Append(Truth.JoinIsDue ? 'J' : ' ');
            key.Append(record.SnapshotDue ? 'q' : ' ')
                .Append(
                    Truth.Snapshot switch
                    {
                        null => '-',
                        { File: { } file, State: var state } => (IsBeforeAccepted(file, record) ? "uvf" : "UVF")[(int)state],
                        _ => '?',
                    }
                );
            if (record.Intent is { } intent)
            {
                var rank = Rank(intent.Index);
                key.Append(
                    intent switch
                    {
                        EtcdIntent.Bootstrap => 'B',
                        EtcdIntent.Add => 'A',
                        EtcdIntent.Remove remove => "SWLD"[(int)remove.Reason],
                        EtcdIntent.Update => 'U',
                        _ => '?',
                    }
                );
                key.Append(rank < 0 ? '*' : (char)('0' + rank));
                key.Append(
                    intent is EtcdIntent.Remove { MemberId: var id } && rank >= 0 && Truth.Members[rank].Entry?.Id == id ? '=' : '!'
                );
            }
        }

        foreach (var volume in record?.Retained?.Members ?? [])
        {
            key.Append('R')
                .Append(
                    Rank(volume.Index) is >= 0 and var at ? (char)('0' + at)
                    : Truth.RetainedVolumes.Any(kept => kept.Index == volume.Index) ? 'c'
                    : '-'
                );
        }

        var leader = Leader;
        foreach (var m in Truth.Members)
        {
            key.Append('|');
            key.Append(
                m.Entry switch
                {
                    null => '-',
                    { IsLearner: false } => 'V',
                    { Started: true } => 'L',
                    _ => 'l',
                }
            );
            key.Append(
                m.StatefulSet switch
                {
                    null => '-',
                    { Terminating: true } => 'T',
                    { VoterRole: true } => 'V',
                    _ => 's',
                }
            );
            key.Append(
                m.Boot switch
                {
                    null => '-',
                    { Sealed: true } => 'S',
                    _ => 'u',
                }
            );
            key.Append(Letter(m.StatefulSet?.Image)).Append(Letter(m.Pod?.Image));
            key.Append(
                m.Pod switch
                {
                    null => '-',
                    { Terminating: true, VoterRole: true } => 'E',
                    { Terminating: true } => 'e',
                    { NodeNotReadyReason: not null, VoterRole: var voter } => (IsReplacementApproved(m), voter) switch
                    {
                        (true, true) => 'A',
                        (true, false) => 'a',
                        (false, true) => 'N',
                        _ => 'n',
                    },
                    { WaitingReason: not null } => 'h',
                    { Fault: not null, VoterRole: true } => 'F',
                    { Fault: not null } => 'f',
                    { DataLost: true, VoterRole: true } => 'X',
                    { DataLost: true } => 'x',
                    { VoterRole: true } => 'V',
                    _ => 'p',
                }
            );
            key.Append(
                m.Claim switch
                {
                    null => '-',
                    { Terminating: true } => 'T',
                    _ => 'c',
                }
            );
            key.Append(
                m.Endpoint switch
                {
                    EndpointLive.Unreachable { BeyondGrace: true } => 'g',
                    EndpointLive.Unreachable { HeldUp: true } => 'h',
                    EndpointLive.Unreachable => 'd',
                    EndpointLive.Reachable { Status.RaftIndex: < EtcdModel.FirstLog / 2 } => 'b',
                    EndpointLive.Reachable { Status.RaftIndex: < EtcdModel.FirstLog } => 'm',
                    _ => 'u',
                }
            );
            key.Append(leader?.Index == m.Index ? 'L' : ' ');
        }

        return key.ToString();

        static char Letter(object? version) =>
            version?.ToString() is not { } text
                ? '-'
                : (char)('a' + Versions.IndexOf(Versions.First(v => text.EndsWith(v, StringComparison.Ordinal))));

        static bool IsBeforeAccepted(string file, EtcdRecord record) =>
            file.StartsWith(record.Accepted!.Commit, StringComparison.Ordinal)
            && file.Contains($"before-{record.Accepted.Spec.Version}.", StringComparison.Ordinal);

        int Rank(int index) => Truth.Members.ToList().FindIndex(m => m.Index == index);
    }

    public bool IsReplacementApproved(MemberLive member) =>
        member.Entry is not null && HinderedMember.IsReplacementApproved(EtcdPlanner.Context(Desired, Truth), member);

    public override string ToString() => $"desired {Desired.Spec.Size}, {Key()}";

    public static World Beginning(int size, bool ephemeral) => new(Scene.Desired(size, ephemeral, Versions[0]), Scene.Nothing);

    /// <summary>Some member is made from another version than what is accepted.</summary>
    public bool IsRolling => Truth.Members.Any(m => Differs(m.StatefulSet?.Image) || Differs(m.Pod?.Image));

    /// <summary>
    /// All of it is of the last of several versions: from here on everything is as it was at the first, which has been walked, but for
    /// the way back.
    /// </summary>
    public bool IsAtTheLast(int versions) =>
        versions > 1
        && Desired.Spec.Version.ToString() == Versions[versions - 1]
        && Truth.Record?.Accepted == Desired.Source
        && Truth.Record.Intent is null
        && !IsRolling;

    private bool Differs(string? image) => image is not null && VersionOf(image) != Truth.Record?.Accepted?.Spec.Version;

    /// <summary>What each voter runs, or would if it ran.</summary>
    public IEnumerable<EtcdVersion> Running => Voters.Select(v => v.Pod?.Image ?? v.StatefulSet?.Image).OfType<string>().Select(VersionOf);

    public static EtcdVersion VersionOf(string image) =>
        EtcdVersion.TryParse(image[(image.LastIndexOf(':') + 1)..], out var version)
            ? version
            : throw new ArgumentException($"{image} has no version", nameof(image));
}
