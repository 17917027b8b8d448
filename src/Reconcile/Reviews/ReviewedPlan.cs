namespace GitOpsOperator.Reconcile.Reviews;

/// <summary>
/// What a reviewer was told of a change before it was merged, in the figures by which a later plan can be worse. It is kept beside the
/// live cluster while a change is held back, so that neither a restart nor another leader forgets it.
/// </summary>
/// <param name="ReviewedIn">Where it was shown: <c>pull request 7</c>.</param>
/// <param name="Completes">It ended as desired.</param>
/// <param name="Tolerates">
/// The fewest members beyond which one more could have failed during any step; null where it had no such figure.
/// </param>
/// <param name="LosesData">A step of it destroyed data for good.</param>
/// <param name="Irreversible">Steps that could not be undone.</param>
/// <param name="Remove">Members that went.</param>
/// <param name="Replace">Members that were replaced.</param>
/// <param name="Restart">Members that were restarted.</param>
public sealed record ReviewedPlan(
    string ReviewedIn,
    bool Completes,
    int? Tolerates,
    bool LosesData,
    int Irreversible,
    int Remove,
    int Replace,
    int Restart
);
