namespace GitOpsOperator.Specs;

/// <summary>Identifies one managed cluster: its domain (<c>etcd</c>, <c>prometheus</c>), namespace and name.</summary>
public readonly record struct ClusterKey(string Domain, string Namespace, string Name) : IComparable<ClusterKey>
{
    /// <summary><c>etcd/NAME</c> in the default namespace, <c>etcd/NAMESPACE/NAME</c> elsewhere.</summary>
    public override string ToString() => Namespace == "default" ? $"{Domain}/{Name}" : $"{Domain}/{Namespace}/{Name}";

    public int CompareTo(ClusterKey other) =>
        (
            string.CompareOrdinal(Domain, other.Domain),
            string.CompareOrdinal(Namespace, other.Namespace),
            string.CompareOrdinal(Name, other.Name)
        ) switch
        {
            (0, 0, var byName) => byName,
            (0, var byNamespace, _) => byNamespace,
            (var byDomain, _, _) => byDomain,
        };

    public static bool operator <(ClusterKey left, ClusterKey right) => left.CompareTo(right) < 0;

    public static bool operator <=(ClusterKey left, ClusterKey right) => left.CompareTo(right) <= 0;

    public static bool operator >(ClusterKey left, ClusterKey right) => left.CompareTo(right) > 0;

    public static bool operator >=(ClusterKey left, ClusterKey right) => left.CompareTo(right) >= 0;
}
