namespace GitOpsOperator.Drift.Comparison;

/// <summary>One difference between git and live as seen at one moment; it holds no time of ours, so that deciding on it stays
/// pure.</summary>
/// <param name="Target">What it is found on: <c>StatefulSet/orders-0</c>, or <c>etcd/members</c>.</param>
/// <param name="Path">Dotted path, items of lists by their keys; empty for the object as a whole.</param>
/// <param name="Git">Null where git declares nothing.</param>
/// <param name="Live">Null where nothing is there.</param>
/// <param name="Actor">Null where the API keeps no actor.</param>
/// <param name="Reverts">A step of its own restores it; false where nothing is done or other rules do it.</param>
public sealed record DriftFact(
    string Target,
    string Path,
    DriftClass Class,
    string? Git,
    string? Live,
    FieldActor? Actor,
    bool Reverts,
    string Action
)
{
    /// <summary>Where the difference is, whatever its values.</summary>
    public (string Target, string Path) Where => (Target, Path);

    /// <summary>Longest value that is shown; a whole list or ConfigMap key may be far longer.</summary>
    public const int MaxValueLength = 200;

    /// <summary>Who changed it; where the API keeps no actor, exactly that, never a guess.</summary>
    public string ChangedBy =>
        Actor switch
        {
            { Time: { } time } => $"{Actor.Manager} ({Actor.Operation}, {DriftTime.Shown(time)})",
            not null => $"{Actor.Manager} ({Actor.Operation})",
            null => "unknown (not recorded by the API)",
        };

    /// <summary>Something differs from the desired state. What others have added is theirs, and no difference.</summary>
    public bool Differs => Class != DriftClass.Foreign;
}
