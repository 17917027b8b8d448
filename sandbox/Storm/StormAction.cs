namespace GitOpsOperator.Sandbox.Storm;

/// <summary>What a storm does, with how often it is drawn. The heaviest are those that put two truths into one cluster.</summary>
/// <param name="Name">As the report has it.</param>
/// <param name="Weight">Of all weights together, the share of draws.</param>
/// <param name="Least">How many seconds it lasts at least, where it lasts.</param>
/// <param name="Most">How many seconds it lasts at most.</param>
internal sealed record StormAction(string Name, int Weight, int Least, int Most)
{
    public static readonly StormAction CutMinority = new("partition of a minority", 4, 5, 60);
    public static readonly StormAction CutMajority = new("partition of a majority", 2, 5, 30);
    public static readonly StormAction CutRing = new("partition into a ring", 3, 5, 60);
    public static readonly StormAction CutOneWay = new("partition one way", 3, 5, 60);
    public static readonly StormAction CutOff = new("member cut off from everything", 2, 5, 60);
    public static readonly StormAction CutFromOperator = new("member cut off from the operator", 3, 10, 60);
    public static readonly StormAction Kill = new("kill", 3, 0, 0);
    public static readonly StormAction Stop = new("stop", 3, 2, 45);
    public static readonly StormAction Wipe = new("wipe", 5, 0, 0);
    public static readonly StormAction CopyVolume = new("volume copied", 4, 0, 0);
    public static readonly StormAction OldVolume = new("old volume put back", 8, 0, 0);
    public static readonly StormAction Force = new("member forced to be a cluster of its own", 6, 10, 40);
    public static readonly StormAction SlowStart = new("slow kubelet", 4, 30, 120);
    public static readonly StormAction SlowStorage = new("slow storage", 2, 30, 90);
    public static readonly StormAction SilentAddresses = new("silent addresses", 3, 30, 120);
    public static readonly StormAction ApiFrozen = new("API server frozen", 3, 3, 40);
    public static readonly StormAction ApiLate = new("API server late", 3, 10, 60);
    public static readonly StormAction OperatorKilled = new("operator killed", 4, 0, 20);
    public static readonly StormAction OperatorPaused = new("operator paused", 4, 5, 40);
    public static readonly StormAction OperatorTwice = new("two operators", 3, 20, 90);
    public static readonly StormAction DeletePod = new("pod deleted", 3, 0, 0);
    public static readonly StormAction DeleteStatefulSet = new("StatefulSet deleted", 3, 0, 0);
    public static readonly StormAction NodeGone = new("node gone", 8, 10, 100);
    public static readonly StormAction CutNewcomer = new("newcomer cut off at its first start", 8, 5, 90);
    public static readonly StormAction Resize = new("size committed", 8, 0, 0);
    public static readonly StormAction Upgrade = new("version committed", 3, 0, 0);
    public static readonly StormAction Configure = new("option committed", 2, 0, 0);

    public static readonly IReadOnlyList<StormAction> All =
    [
        CutMinority,
        CutMajority,
        CutRing,
        CutOneWay,
        CutOff,
        CutFromOperator,
        Kill,
        Stop,
        Wipe,
        CopyVolume,
        OldVolume,
        Force,
        SlowStart,
        SlowStorage,
        SilentAddresses,
        ApiFrozen,
        ApiLate,
        OperatorKilled,
        OperatorPaused,
        OperatorTwice,
        DeletePod,
        DeleteStatefulSet,
        NodeGone,
        CutNewcomer,
        Resize,
        Upgrade,
        Configure,
    ];
}
