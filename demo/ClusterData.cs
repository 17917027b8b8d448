namespace GitOpsOperator.Demo;

/// <summary>What of the cluster must outlive the operator.</summary>
internal sealed record ClusterData(IReadOnlyList<string> Pods, IReadOnlyList<string> Volumes, IReadOnlyList<string> Members)
{
    public bool SameAs(ClusterData other) =>
        Pods.SequenceEqual(other.Pods) && Volumes.SequenceEqual(other.Volumes) && Members.SequenceEqual(other.Members);

    public override string ToString() => $"{string.Join(' ', Pods)}; {string.Join(' ', Volumes)}; {string.Join(' ', Members)}";
}
