using GitOpsOperator.Operator.Outputs.StatusBranch;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Tests.Outputs.StatusBranch;

/// <summary>What is written of a cluster's life is read again; what somebody else put there says nothing.</summary>
public sealed class WrittenUidsTests
{
    private static readonly ClusterKey Orders = new("etcd", "etcd", "orders");

    [Fact]
    public void The_uid_of_a_status_file_is_known_again()
    {
        var known = WrittenUids.In(StatusFiles.Render(Report("00ab34cd56ef7890")));

        Assert.Equal("00ab34cd56ef7890", known.Of(Orders));
        Assert.Null(known.Of(Orders with { Name = "orders-2" }));
    }

    [Theory]
    [InlineData("1234567890123456")]
    [InlineData("12e4567890123456")]
    [InlineData("0x34567890123456")]
    public void One_that_looks_like_a_number_stays_as_it_is(string uid) =>
        Assert.Equal(uid, WrittenUids.In(StatusFiles.Render(Report(uid))).Of(Orders));

    [Theory]
    [InlineData("")]
    [InlineData("cluster: etcd/orders\n")]
    [InlineData("cluster: etcd/orders\nuid:\n")]
    [InlineData("cluster: etcd/orders\nuid: \"\"\n")]
    [InlineData("uid: abc\n")]
    [InlineData("cluster: etcd/orders\nmembers:\n  - uid: abc\n")]
    public void What_says_no_uid_of_no_cluster_is_none(string content) =>
        Assert.Equal(KnownUids.None.ByCluster, WrittenUids.In([new("status/etcd/orders.yaml", content)]).ByCluster);

    [Fact]
    public void A_file_without_a_uid_has_none()
    {
        Assert.DoesNotContain("uid", StatusFiles.Render(Report(null)).Values.Single(), StringComparison.Ordinal);
        Assert.Null(WrittenUids.In(StatusFiles.Render(Report(null))).Of(Orders));
    }

    private static ClusterReport Report(string? uid) =>
        new()
        {
            Cluster = Orders,
            Uid = uid,
            Desired = "3 members of 3.5.16",
            Phase = ClusterPhase.Converged,
            Summary = "3/3 healthy",
        };
}
