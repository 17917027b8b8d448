using k8s.Models;

namespace GitOpsOperator.Drift.Owners;

/// <summary>
/// Whose an object is. The owner label says so; where somebody has taken it off an object that we wrote, managedFields still does. An
/// object with another owner's label is never ours.
/// </summary>
public static class Ownership
{
    public static bool IsOurs(V1ObjectMeta metadata, OwnerId owner) => IsOurs(metadata, owner.Label);

    /// <param name="ownerLabel">The owner as the label says it.</param>
    public static bool IsOurs(V1ObjectMeta metadata, string? ownerLabel) =>
        Label(metadata) is { } label ? label == ownerLabel : IsStripped(metadata);

    /// <summary>It bears no owner, and our field manager has written it, or it is a member's pod, which its StatefulSet's controller
    /// has.</summary>
    public static bool IsStripped(V1ObjectMeta metadata) =>
        Label(metadata) is null
        && (
            metadata.ManagedFields?.Any(entry => entry.Manager == ObjectLabels.FieldManager) is true
            || metadata.Labels?.ContainsKey(ObjectLabels.Member) is true
        );

    internal static bool IsOrWasManaged(V1ObjectMeta metadata) => Label(metadata) is not null || IsStripped(metadata);

    private static string? Label(V1ObjectMeta metadata) =>
        metadata.Labels is { } labels && labels.TryGetValue(ObjectLabels.Owner, out var label) ? label : null;
}
