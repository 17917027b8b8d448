using GitOpsOperator.Reconcile.Writing;

namespace GitOpsOperator.Domains.Etcd.Tests.Execution;

/// <summary>A mandate that ends when it was asked for so many times.</summary>
internal sealed class LimitedMandate : IMandate
{
    public int Left { get; set; } = int.MaxValue;

    public bool Holds => Left-- > 0;
}
