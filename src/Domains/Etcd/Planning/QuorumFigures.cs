using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>What a step means for quorum, as figures of a plan.</summary>
internal static class QuorumFigures
{
    public static ImmutableArray<PlanFigure> Of(EtcdLive before, EtcdLive after)
    {
        var (was, becomes) = (Count(before), Count(after));
        return
        [
            new("voters", was.Voters, becomes.Voters),
            new("healthy", was.Healthy, becomes.Healthy),
            new("quorum", was.Quorum, becomes.Quorum),
            new("tolerates", was.Tolerates, becomes.Tolerates),
        ];
    }

    private static (int Voters, int Healthy, int Quorum, int Tolerates) Count(EtcdLive live)
    {
        var voters = live.Members.Count(m => m.Entry is { IsLearner: false });
        var healthy = live.Members.Count(MemberHealth.IsHealthyVoter);
        return voters == 0 ? default : (voters, healthy, Quorum.Of(voters), Math.Max(0, Quorum.Tolerates(voters, healthy)));
    }
}
