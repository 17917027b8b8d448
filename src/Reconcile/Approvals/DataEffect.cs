using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Approvals;

/// <summary>Something that a change does to data and that nobody can take back.</summary>
/// <param name="Name">What and to what, such as <c>retention 5d</c>: stays the same while the change is under way.</param>
/// <param name="Before">What is so now.</param>
/// <param name="Loss">
/// What goes, as a sentence without a full stop. It may name times and amounts that move on; the digest is not made of it.
/// </param>
public sealed record DataEffect(string Name, string Before, string Loss);

/// <summary>
/// What a person approves: these effects, on this very thing. Health, leaders and the clock are no part of it, so that it still holds after
/// the merge; anything that would make it mean something else is.
/// </summary>
public static class ApprovalDigest
{
    /// <param name="incarnation">Unique ids of the objects that hold the data.</param>
    /// <param name="used">Approvals that have been carried out before.</param>
    public static string Of(ClusterKey cluster, IEnumerable<string> incarnation, IEnumerable<DataEffect> effects, int used) =>
        ContentDigest.Of([
            cluster.ToString(),
            .. incarnation.Order(StringComparer.Ordinal),
            .. effects.OrderBy(effect => effect.Name, StringComparer.Ordinal).SelectMany(effect => new[] { effect.Before, effect.Name }),
            used.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ]);
}

/// <summary>What the approval of a change comes to.</summary>
public static class ApprovalRules
{
    public const string RuleId = "needs-approval";

    /// <summary>Why nothing is done until somebody approves, and how to.</summary>
    public static Blocker Needed(ClusterDocument document, ImmutableArray<DataEffect> effects, string digest)
    {
        var losses = string.Join("; ", effects.Select(effect => effect.Loss));
        var stale = document.Approvals.IsEmpty
            ? ""
            : $". The document approves {string.Join(", ", document.Approvals)}, which is for something else, or was carried out before";
        return new(
            RuleId,
            $"this cannot be taken back: {losses}{stale}",
            $"If that is meant, put the annotation {ClusterDocument.ApprovalAnnotation}: \"{digest}\" on the document in "
                + $"{document.Location.Path}"
        );
    }
}
