using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// One cluster as observed at one moment: plain facts, no clients, no clock. What could not be observed is unknown (null), which is
/// neither healthy nor absent.
/// </summary>
public sealed record EtcdLive
{
    public required ClusterKey Cluster { get; init; }

    /// <summary>Null where the record does not exist.</summary>
    public EtcdRecord? Record { get; init; }

    /// <summary>resourceVersion of the record's ConfigMap, for compare-and-swap.</summary>
    public string? RecordVersion { get; init; }

    /// <summary>
    /// Incarnation of a record that was there at an earlier look of this life of the operator, and is not any more; null where none was.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RecordGone { get; init; }

    /// <summary>Why the record could not be read, though it exists.</summary>
    public string? RecordFault { get; init; }

    /// <summary>Another operator that writes the record in turn with this one; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OtherWriter { get; init; }

    /// <summary>Objects that have our names but not our owner label, as <c>Kind/name</c>.</summary>
    public ImmutableArray<string> Foreign { get; init; } = [];

    public SharedObjectsLive Shared { get; init; } = new(null, null, null);

    /// <summary>Whether the API server has PodDisruptionBudgets of policy/v1 at all; Kubernetes before 1.21 has not.</summary>
    public bool ServesDisruptionBudgets { get; init; } = true;

    /// <summary>etcd's member list by a linearizable read; null where none succeeded.</summary>
    public MembershipLive? Membership { get; init; }

    /// <summary>
    /// Members that serve linearizable reads and do not confirm <see cref="Membership"/>, each asked by itself; all others that serve
    /// them do.
    /// </summary>
    public ImmutableArray<OtherListLive> OtherLists { get; init; } = [];

    /// <summary>Every member that Kubernetes or etcd knows, by index.</summary>
    public ImmutableArray<MemberLive> Members { get; init; } = [];

    /// <summary>What members that were replaced have stored, and the record retains.</summary>
    public ImmutableArray<RetainedVolumeLive> RetainedVolumes { get; init; } = [];

    /// <summary>
    /// Entries of the member list whose peer URL this cluster never gave out: foreign ones, and its own of an index that is not used yet.
    /// </summary>
    public ImmutableArray<MemberEntry> UnknownEntries { get; init; } = [];

    /// <summary>What differs from git, as compared with the rendering; filled in by who can render, not by the observer.</summary>
    public ImmutableArray<DriftFact> Drifts { get; init; } = [];

    /// <summary>The pod that takes a snapshot; null while there is none.</summary>
    public SnapshotLive? Snapshot { get; init; }

    /// <summary>Name of the file of a snapshot that somebody asks for; null where nobody does.</summary>
    public string? AskedSnapshot { get; init; }

    /// <summary>New members have failed to join, and so much time has passed since the last one that another is due.</summary>
    public bool JoinIsDue { get; init; }

    /// <summary>Nothing relevant (membership, leader, health) has changed for the settle time.</summary>
    public required bool Settled { get; init; }

    /// <summary>
    /// What is left of the settle time, should nothing change; null where it is over. It says when to look again and decides nothing.
    /// </summary>
    [JsonIgnore]
    public TimeSpan? SettlesIn { get; init; }
}

/// <summary>Spec hashes of the objects that all members share; null where the object does not exist.</summary>
public sealed record SharedObjectsLive(string? PeerServiceHash, string? ClientServiceHash, string? DisruptionBudgetHash);

/// <summary>etcd's own list of members.</summary>
public sealed record MembershipLive(ulong ClusterId, ImmutableArray<MemberEntry> Entries)
{
    public MembershipLive Without(ulong memberId) => this with { Entries = Entries.RemoveAll(entry => entry.Id == memberId) };
}

/// <summary>A member's own list where it is another one than what its peers give.</summary>
/// <param name="List">Null where it serves reads and did not give its list.</param>
public sealed record OtherListLive(int Index, MembershipLive? List);

/// <summary>An entry of etcd's member list. <paramref name="Name"/> is empty until the member has started once.</summary>
public sealed record MemberEntry(ulong Id, string Name, string PeerUrl, bool IsLearner)
{
    public bool Started => Name.Length > 0;
}

/// <summary>One member, joined over Kubernetes, etcd's list and its own endpoint.</summary>
public sealed record MemberLive(int Index)
{
    /// <summary>Its entry in etcd's list; null where the list is unknown or has none.</summary>
    public MemberEntry? Entry { get; init; }

    public StatefulSetLive? StatefulSet { get; init; }

    public BootLive? Boot { get; init; }

    public PodLive? Pod { get; init; }

    /// <summary>Its volume claim; always null for ephemeral storage.</summary>
    public ClaimLive? Claim { get; init; }

    public EndpointLive Endpoint { get; init; } = new EndpointLive.Unreachable(false);
}

/// <param name="SpecHash">Hash of the rendering that was applied, without the voter role.</param>
/// <param name="VoterRole">The template gives pods the voter label.</param>
public sealed record StatefulSetLive(string Uid, string? SpecHash, bool VoterRole, bool Terminating)
{
    /// <summary>Hash of what git asked for when it was applied; null where the annotation is not there.</summary>
    public string? DesiredHash { get; init; }

    /// <summary>Image of etcd's container in the template, tag included.</summary>
    public string? Image { get; init; }
}

/// <summary>The member's boot ConfigMap.</summary>
/// <param name="Sealed">
/// State is <c>existing</c> and the initial cluster is the member alone: with data it starts, without data it exits.
/// </param>
/// <param name="InitialCluster">ETCD_INITIAL_CLUSTER as it stands there.</param>
public sealed record BootLive(bool Sealed, string InitialCluster)
{
    /// <summary>ETCD_INITIAL_CLUSTER_TOKEN as it stands there, which is the record's incarnation; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }
}

/// <param name="DataLost">
/// The container that crashes just now was started after its boot was sealed, and said that it cannot learn its cluster: a sealed member
/// says so only without its data. Words of an earlier container, or of one that runs by now, count for nothing.
/// </param>
/// <param name="VoterRole">The pod has the voter label, so clients may be sent to it.</param>
/// <param name="TerminationMessage">
/// Last words of the container's last end, if any; shown to people, decided upon only as <paramref name="DataLost"/>.
/// </param>
public sealed record PodLive(
    string Uid,
    PodPhase Phase,
    bool Ready,
    int Restarts,
    bool VoterRole,
    bool Terminating,
    bool DataLost,
    string? TerminationMessage = null
)
{
    /// <summary>
    /// Hash of the rendering that the pod was made from; null where the annotation is not there. It differs from the StatefulSet's until
    /// the pod is recreated.
    /// </summary>
    public string? SpecHash { get; init; }

    /// <summary>Hash of what git asked for when the pod was made; null where the annotation is not there.</summary>
    public string? DesiredHash { get; init; }

    /// <summary>Image of etcd's container, tag included.</summary>
    public string? Image { get; init; }

    /// <summary>
    /// Why etcd's container does not run, in the kubelet's words: it cannot be made, or it ended. Null while it is ready or nothing is
    /// known to be wrong, as while an image is being pulled.
    /// </summary>
    public string? Fault { get; init; }

    /// <summary>
    /// The node that ought to have ended the pod long ago and has not said so; null elsewhere. A node that is lost never does, and
    /// Kubernetes then keeps the pod's object, since its process may still run
    /// (https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/).
    /// </summary>
    public string? StuckOn { get; init; }

    /// <summary>The node that it was given to; null while it is on none.</summary>
    public string? Node { get; init; }

    /// <summary>
    /// Why it is not the member's own fault that it does not run: no node takes the pod, or its node is not ready. Null where a node that
    /// is ready has it, and while the member answers. Sentence without a full stop.
    /// </summary>
    public string? NodeNotReadyReason { get; init; }

    /// <summary>
    /// Why Kubernetes does not run etcd's container, in the kubelet's words: it is being created, its image cannot be pulled, its pod is
    /// ending. Null while the container runs, and where it ran and ended by itself: that is the member's own doing. Sentence without a
    /// full stop.
    /// </summary>
    public string? WaitingReason { get; init; }
}

public enum PodPhase
{
    Pending,
    Running,
    Ended,
    Unknown,
}

public sealed record ClaimLive(string Uid, bool Terminating);

/// <summary>The volume of a member that is no more.</summary>
/// <param name="Index">Of that member.</param>
public sealed record RetainedVolumeLive(int Index, ClaimLive Claim);

/// <summary>What the member's own client endpoint answered.</summary>
[JsonDerivedType(typeof(Unreachable), "unreachable")]
[JsonDerivedType(typeof(Reachable), "reachable")]
public abstract record EndpointLive
{
    /// <param name="BeyondGrace">
    /// It has not answered for longer than the grace period, and for all of that time its container ran or had ended by itself, on a node
    /// that is ready. Measured on a monotonic clock from when that was first seen.
    /// </param>
    public sealed record Unreachable(bool BeyondGrace) : EndpointLive
    {
        /// <summary>
        /// It has not answered for longer than the grace period, but could not have for all of it, since Kubernetes did not run it.
        /// People are told; nothing is concluded from it about the member.
        /// </summary>
        public bool HeldUp { get; init; }
    }

    public sealed record Reachable(EndpointStatus Status) : EndpointLive;
}

/// <param name="LeaderId">0: the member knows no leader.</param>
/// <param name="LinearizableRead">A linearizable read through this member succeeded; always false for a learner.</param>
/// <param name="Alarms">Alarms raised for this member, such as <c>NOSPACE</c>.</param>
public sealed record EndpointStatus(
    ulong ClusterId,
    ulong MemberId,
    ulong LeaderId,
    ulong RaftTerm,
    ulong RaftIndex,
    ulong AppliedIndex,
    bool IsLearner,
    bool LinearizableRead,
    string Version,
    long DbSizeBytes,
    ImmutableArray<string> Alarms
);
