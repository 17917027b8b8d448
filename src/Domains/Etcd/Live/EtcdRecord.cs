using System.Text.Json.Serialization;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Reconcile.Reviews;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// The memory that a cluster needs beside its live objects, kept in one ConfigMap and written by compare-and-swap before a mutation
/// of etcd. It is a cache of intent, not a source of truth.
/// </summary>
public sealed record EtcdRecord
{
    /// <summary>So many new members in a row are tried at once; after that, the next one only after a pause.</summary>
    internal const int JoinsBeforePause = 3;

    /// <summary>Failed joins are counted up to here.</summary>
    internal const int MaxFailedJoins = 1_000;

    public required string OwnerId { get; init; }

    /// <summary>Unique to this life of the cluster; also etcd's initial-cluster-token, so that two lives never mix.</summary>
    public required string Incarnation { get; init; }

    /// <summary>etcd's cluster id, latched once the seed has answered; any other id seen later stops the operator.</summary>
    public ulong? ClusterId { get; init; }

    /// <summary>Index of the next member to be created; indexes are never used twice.</summary>
    public required int NextIndex { get; init; }

    /// <summary>The desired state last accepted from git.</summary>
    public AcceptedSpec? Accepted { get; init; }

    /// <summary>
    /// Accepted in mode <c>report</c> and not carried out yet. Once it is, that mode changes nothing more, so this is what tells a change
    /// of git, which is carried out, from a change of the live cluster, which is only reported.
    /// </summary>
    public bool Unreached { get; init; }

    /// <summary>A change that was reviewed and is not accepted, since its plan has become worse; null where there is none.</summary>
    public HeldChange? Held { get; init; }

    /// <summary>What was about to be done when the record was last written.</summary>
    public EtcdIntent? Intent { get; init; }

    /// <summary>Another version was accepted, and no snapshot has been taken before going to it.</summary>
    public bool SnapshotDue { get; init; }

    /// <summary>The snapshot that was kept last.</summary>
    public KeptSnapshot? Snapshot { get; init; }

    /// <summary>What became of the snapshot that somebody asked for last; null where nobody did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AnsweredSnapshot? Answered { get; init; }

    /// <summary>What was about to be deleted by a tombstone, and by now is or soon will be; null where the cluster is to live.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeletedCluster? Deleted { get; init; }

    /// <summary>Whom a person has chosen to discard, of a cluster with two histories; null where there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DiscardedHistory? Discarded { get; init; }

    /// <summary>Volumes of members that were replaced, kept until the members in their places vote; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RetainedVolumes? Retained { get; init; }

    /// <summary>How far the cluster had come when the record was written; null where no leader was seen yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LogPosition? Reached { get; init; }

    /// <summary>
    /// New members in a row that never joined and were removed again; 0 after one that did join or a newly accepted document.
    /// It spaces the attempts: without it a bad image would be tried without a pause, each time under a new index.
    /// </summary>
    public int FailedJoins { get; init; }
}

/// <summary>A verified snapshot on the cluster's claim of snapshots.</summary>
/// <param name="File">Name of the file there.</param>
/// <param name="Of">The version of the member that it was taken from: the version to restore it with.</param>
public sealed record KeptSnapshot(string File, EtcdVersion Of);

/// <summary>A snapshot that somebody asked for, by the name of its file.</summary>
/// <param name="Fault">Why there is none; null where it is kept.</param>
public sealed record AnsweredSnapshot(string File, string? Fault);

/// <summary>What a tombstone deletes, named before the first of it goes: afterwards nothing else would know.</summary>
/// <param name="Volumes">Their claims; empty where they are kept.</param>
public sealed record DeletedCluster(IReadOnlyList<string> Members, IReadOnlyList<string> Volumes)
{
    public bool Equals(DeletedCluster? other) =>
        other is not null && Members.SequenceEqual(other.Members) && Volumes.SequenceEqual(other.Volumes);

    public override int GetHashCode() => HashCode.Combine(Members.Count, Volumes.Count);
}

/// <summary>One of two histories of a cluster, which goes with all that its members have stored.</summary>
/// <param name="Kept">
/// etcd's ids of the members that the other history lists, in ascending order; empty where nobody could be asked for that list.
/// </param>
public sealed record DiscardedHistory(IReadOnlyList<ulong> Kept, IReadOnlyList<MemberVolume> Members)
{
    public bool Equals(DiscardedHistory? other) =>
        other is not null && Kept.SequenceEqual(other.Kept) && Members.SequenceEqual(other.Members);

    public override int GetHashCode() => HashCode.Combine(Kept.Count, Members.Count);
}

/// <summary>Volumes that hold what replaced members have stored.</summary>
public sealed record RetainedVolumes(IReadOnlyList<MemberVolume> Members)
{
    public bool Equals(RetainedVolumes? other) => other is not null && Members.SequenceEqual(other.Members);

    public override int GetHashCode() => Members.Count;
}

/// <summary>What one member has stored.</summary>
/// <param name="ClaimUid">Of its volume claim; null where its storage is ephemeral.</param>
public sealed record MemberVolume(int Index, string? ClaimUid)
{
    /// <summary>A member's index is never used twice, but a claim of its name may be put there by anybody.</summary>
    public bool IsOf(MemberLive member) => member.Index == Index && (member.Claim is null || member.Claim.Uid == ClaimUid);
}

/// <summary>
/// How far a leader's log is known to be replicated. Neither number ever goes back in one history of a cluster: a leader that is further
/// back runs on an older copy of the data (https://raft.github.io/raft.pdf, 5.4 and figure 2).
/// </summary>
/// <param name="Term">raft's term.</param>
/// <param name="Index">raft's commit index.</param>
public sealed record LogPosition(ulong Term, ulong Index)
{
    /// <summary>Of the leader whose list is believed; null where none is seen.</summary>
    public static LogPosition? Of(EtcdLive live) =>
        live
            .Members.Where(member => member.Entry is { IsLearner: false } && live.OtherLists.All(other => other.Index != member.Index))
            .Select(MemberHealth.Status)
            .FirstOrDefault(status => status is { LinearizableRead: true } && status.LeaderId == status.MemberId)
            is { } leader
            ? Of(leader)
            : null;

    public static LogPosition Of(EndpointStatus status) => new(status.RaftTerm, status.RaftIndex);

    public bool IsBehind(LogPosition other) => Term < other.Term || Index < other.Index;
}

/// <summary>What git says and is held back, with what was shown of it.</summary>
public sealed record HeldChange(EtcdSpec Spec, ReviewedPlan Reviewed);

/// <summary>Where an accepted spec came from. <paramref name="Commit"/> is the last commit that changed the document.</summary>
public sealed record AcceptedSpec(string Commit, string Path, int Line, string BlobId, EtcdSpec Spec);

/// <summary>An etcd mutation announced in the record before it is sent.</summary>
[JsonDerivedType(typeof(Bootstrap), "bootstrap")]
[JsonDerivedType(typeof(Add), "add")]
[JsonDerivedType(typeof(Remove), "remove")]
[JsonDerivedType(typeof(Update), "update")]
public abstract record EtcdIntent(int Index)
{
    /// <summary>The seed may be started with an empty volume and state <c>new</c>. Gone once the cluster id is latched.</summary>
    public sealed record Bootstrap(int Index) : EtcdIntent(Index);

    /// <summary>The member joins as a learner and is promoted.</summary>
    public sealed record Add(int Index) : EtcdIntent(Index);

    /// <summary>The member leaves; once out of etcd's list its objects and volume go.</summary>
    /// <param name="MemberId">etcd's id of the member; removal of another member at the same peer URL is never meant.</param>
    public sealed record Remove(int Index, ulong MemberId, RemovalReason Reason) : EtcdIntent(Index);

    /// <summary>
    /// The member's pod is recreated as desired and comes back with its data. That it was we who took the member down is what tells a
    /// version that does not start, which is a reason to stop, from a member that is lost, which is a reason to replace it.
    /// </summary>
    /// <param name="From">
    /// The version that the member ran before; null where it did not say. Until it answers again its data is of that one.
    /// </param>
    public sealed record Update(int Index, EtcdVersion? From = null) : EtcdIntent(Index);
}

public enum RemovalReason
{
    /// <summary>The desired size is smaller.</summary>
    Shrink,

    /// <summary>The member's data is gone.</summary>
    Wiped,

    /// <summary>The member has been unreachable beyond the grace period, or never joined.</summary>
    Lost,

    /// <summary>etcd no longer lists it though no step of ours removed it; only its objects are left.</summary>
    Departed,

    /// <summary>It follows another history of the cluster than the one that a person has chosen to keep.</summary>
    Discarded,
}
