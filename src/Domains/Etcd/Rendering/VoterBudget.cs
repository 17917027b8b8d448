using GitOpsOperator.Domains.Etcd.Live;

namespace GitOpsOperator.Domains.Etcd.Rendering;

/// <summary>What the disruption budget of the voters is to say.</summary>
internal static class VoterBudget
{
    /// <summary>
    /// How many voters the disruption budget keeps: never fewer than a quorum of what is, nor of what is being built. What is are those
    /// listed and those that serve clients, since either may be unknown to the other. Members are restarted before others are added, so
    /// while some are outdated a quorum of those that are to come would forbid every restart. Null where the API server has no budgets.
    /// </summary>
    public static int? MinAvailable(EtcdDesired inForce, EtcdLive live, EtcdHashes hashes) =>
        !live.ServesDisruptionBudgets
            ? null
            : Quorum.Of(
                new[]
                {
                    live.Members.Any(m => m.StatefulSet is { VoterRole: true } && OutdatedMember.Is(inForce, m, hashes))
                        ? 1
                        : inForce.Spec.Size,
                    live.Members.Count(m => m.StatefulSet is { VoterRole: true }),
                    live.Members.Count(m => m.Entry is { IsLearner: false }),
                }.Max()
            );
}
