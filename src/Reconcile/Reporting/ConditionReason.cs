namespace GitOpsOperator.Reconcile.Reporting;

/// <summary>A rule's id as Kubernetes' conventions want reasons: <c>worse-than-reviewed</c> becomes <c>WorseThanReviewed</c>.</summary>
public static class ConditionReason
{
    public static string Of(string rule) =>
        string.Concat(
            rule.Split('-', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => string.Concat(word[..1].ToUpperInvariant(), word.AsSpan(1)))
        );
}
