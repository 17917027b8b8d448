using GitOpsOperator.Reconcile.Approvals;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Admission;

/// <summary>
/// A commit that changes many clusters may be a slip: a search and replace, a template's default. Then none of them follows it until a
/// person says that it is meant. New clusters, and what the commit does not change, are no part of it.
/// </summary>
/// <param name="limit">Clusters that one commit may change; 0: any number.</param>
internal sealed class BulkChangeLimit(int limit)
{
    public static readonly Rule Rule = new(
        "too-many-clusters-changed",
        "One commit changes more clusters than the operator's configuration lets pass without an approval."
    );

    /// <summary>Why these changes may not be applied together; null where they may.</summary>
    /// <param name="changed">Documents that say another spec than what is in force.</param>
    public string? Check(IReadOnlyCollection<ClusterDocument> changed)
    {
        if (limit == 0 || changed.Count <= limit)
        {
            return null;
        }

        var digest = Digest(changed);
        return changed.Any(document => document.Approvals.Contains(digest))
            ? null
            : $"{changed.Count} clusters are changed at once, more than {limit} (limits.clustersChangedAtOnce); "
                + "none of them follows. If that is meant, "
                + $"put the annotation {ClusterDocument.ApprovalAnnotation}: \"{digest}\" on one of the documents that change; "
                + "it is for just these changes";
    }

    /// <summary>
    /// Whether two states of a document want something else of the cluster; labels, annotations and places are no part of that.
    /// </summary>
    public static bool Differ(ClusterDocument left, ClusterDocument right) => !Spec(left).SequenceEqual(Spec(right));

    /// <summary>Whether a field says what is desired of the cluster.</summary>
    public static bool IsSpec(string path) => path.StartsWith("spec.", StringComparison.Ordinal);

    private static IEnumerable<KeyValuePair<string, string>> Spec(ClusterDocument document) =>
        document.Fields.Where(field => IsSpec(field.Key));

    private static string Digest(IEnumerable<ClusterDocument> changed) =>
        ContentDigest.Of(
            changed
                .OrderBy(document => document.Key)
                .SelectMany(document =>
                    Spec(document).SelectMany(field => new[] { field.Key, field.Value }).Prepend(document.Key.ToString())
                )
        );
}
