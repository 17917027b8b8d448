using GitOpsOperator.Reconcile.Writing;

namespace GitOpsOperator.Domains.Etcd.Tests.Execution;

/// <summary>A leadership that ends when it was asked for so many times.</summary>
internal sealed class LimitedLeadership : ILeadership
{
    public int Left { get; set; } = int.MaxValue;

    public bool Holds => Left-- > 0;
}
