namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>A step that changes etcd's membership or leader, or takes a member down. It is sent only through the quorum gate.</summary>
internal interface IGatedStep
{
    /// <summary>Index of the member that it is about; null for one whose address is none of ours.</summary>
    int? Subject { get; }

    GatedEffect Effect { get; }
}

/// <summary>What a gated step does to the members.</summary>
internal enum GatedEffect
{
    AddsLearner,
    Promotes,
    Removes,

    /// <summary>A member at an address that is none of ours, and that has never started.</summary>
    RemovesUnknown,
    MovesLeader,
    Restarts,
}
