namespace GitOpsOperator.Sandbox;

/// <param name="OldName">What it was called before, for one minor version more.</param>
/// <param name="OfNode">It happens to a node, not to a pod.</param>
/// <param name="Lasts">It is told how many seconds something takes, until it is told otherwise.</param>
public sealed record Fault(string Name, string Description, string? OldName = null, bool OfNode = false, bool Lasts = false);

/// <summary>What can be made to happen in a sandbox.</summary>
public static class Faults
{
    public static readonly Fault Kill = new("kill", "SIGKILL to the pod's containers");
    public static readonly Fault Wipe = new("wipe", "that, and its volumes are emptied before they start again");
    public static readonly Fault Stop = new("stop", "SIGSTOP, until continue");
    public static readonly Fault Continue = new("continue", "ends stop");
    public static readonly Fault Partition = new(
        "partition",
        "nothing reaches the pod nor leaves it, until heal; with --from, what it sends there does not arrive",
        "cut"
    );
    public static readonly Fault Heal = new("heal", "ends every partition of the pod");
    public static readonly Fault CopyVolume = new(
        "copy-volume",
        "the pod's volumes are copied, as by a backup of disks; an older copy goes"
    );
    public static readonly Fault OldVolume = new(
        "old-volume",
        "SIGKILL, and what copy-volume copied stands on its volumes before the containers start again"
    );
    public static readonly Fault NodeDown = new("node-down", "a node is gone with all that it runs, until node-up", "lose", OfNode: true);
    public static readonly Fault NodeUp = new("node-up", "ends node-down", "return", OfNode: true);

    public static readonly Fault SlowStart = new(
        "slow-start",
        "pods that are given to a node from now on start --seconds later; 0 ends it",
        OfNode: true,
        Lasts: true
    );
    public static readonly Fault SlowStorage = new(
        "slow-storage",
        "new claims of a node are Pending for --seconds, and their pods wait; 0 ends it",
        OfNode: true,
        Lasts: true
    );
    public static readonly Fault SilentAddresses = new(
        "silent-addresses",
        "addresses of a node's pods swallow packets for --seconds after the pods' end; 0 ends it",
        OfNode: true,
        Lasts: true
    );

    public static readonly IReadOnlyList<Fault> All =
    [
        Kill,
        Wipe,
        Stop,
        Continue,
        Partition,
        Heal,
        CopyVolume,
        OldVolume,
        NodeDown,
        NodeUp,
        SlowStart,
        SlowStorage,
        SilentAddresses,
    ];

    /// <summary>By its name or its old one; null where there is no such fault.</summary>
    public static Fault? Find(string? name) =>
        All.FirstOrDefault(fault => fault.Name == name || (name is not null && fault.OldName == name));
}
