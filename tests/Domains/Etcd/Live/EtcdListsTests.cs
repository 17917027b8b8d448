using GitOpsOperator.Domains.Etcd.Live;

namespace GitOpsOperator.Domains.Etcd.Tests.Live;

public sealed class EtcdListsTests
{
    private static readonly MemberEntry Zero = new(0xa, "orders-0", "http://orders-0", IsLearner: false);
    private static readonly MemberEntry One = new(0xb, "orders-1", "http://orders-1", IsLearner: false);

    [Fact]
    public void Members_that_list_the_same_confirm_each_other_in_any_order_and_whether_or_not_a_name_is_known_yet()
    {
        var (list, others) = EtcdLists.Compare([(1, Of(Zero, One)), (0, Of(One, Zero with { Name = "" }))]);

        Assert.Equal([Zero, One], list!.Entries);
        Assert.Empty(others);
    }

    [Fact]
    public void A_member_that_lists_others_is_named_with_its_list()
    {
        var alone = Of(Zero);

        Assert.Equal([new(0, alone)], EtcdLists.Compare([(1, Of(Zero, One)), (0, alone)]).Others);
    }

    [Fact]
    public void One_that_has_another_in_another_role_or_another_cluster_lists_others()
    {
        var learner = Of(Zero, One with { IsLearner = true });
        var elsewhere = new MembershipLive(2, [Zero, One]);

        Assert.Equal([new(0, learner), new(2, elsewhere)], EtcdLists.Compare([(1, Of(Zero, One)), (2, elsewhere), (0, learner)]).Others);
    }

    [Fact]
    public void One_that_gives_no_list_confirms_nothing_and_the_next_is_believed()
    {
        var (list, others) = EtcdLists.Compare([(1, null), (0, Of(Zero, One))]);

        Assert.Equal([Zero, One], list!.Entries);
        Assert.Equal([new(1, null)], others);
        Assert.Null(EtcdLists.Compare([(1, null)]).List);
        Assert.Null(EtcdLists.Compare([]).List);
    }

    private static MembershipLive Of(params MemberEntry[] entries) => new(1, [.. entries]);
}
