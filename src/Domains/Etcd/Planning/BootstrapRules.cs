using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A cluster begins as one seed; all others join it as learners. <c>new</c> is allowed only until the seed's cluster id is latched: a
/// seed that kept it would, its volume lost, found an empty cluster under the same id.
/// </summary>
internal static class BootstrapRules
{
    private const int SeedIndex = 0;

    public static Decision<EtcdStep>? NewCluster(EtcdPlanningContext s) =>
        s.Live.Record is not null ? null : Founding(s, "a new cluster begins");

    public static Decision<EtcdStep> Founding(EtcdPlanningContext s, string why) =>
        Write(
            s,
            new EtcdRecord
            {
                OwnerId = s.Desired.Owner.Value,
                Incarnation = s.Desired.NewIncarnation,
                NextIndex = SeedIndex + 1,
                Accepted = s.Desired.Source,
                Intent = new EtcdIntent.Bootstrap(SeedIndex),
                Unreached = s.Desired.Mode == DriftMode.Report,
            },
            $"{why} with {s.Name(SeedIndex)} as its seed"
        );

    public static Decision<EtcdStep>? Bootstrap(EtcdPlanningContext s)
    {
        if (s.Record.ClusterId is not null)
        {
            return null;
        }

        if (s.Intent is not EtcdIntent.Bootstrap { Index: var index })
        {
            return new Blocked(
                "bootstrap-forgotten",
                "the record holds neither a cluster id nor the intent to found the cluster",
                $"Put the last good content of ConfigMap {s.Names.Record} back"
            );
        }

        var seed = s.Member(index) ?? new MemberLive(index);
        return seed switch
        {
            { StatefulSet.Terminating: true } => new Progress($"StatefulSet {s.Name(index)} to be gone before it is recreated"),
            { StatefulSet: null } or { Boot: null } => new Act(new EtcdStep.StartSeed(index)),
            _ when MemberHealth.IsSilentForLong(seed) => new Blocked(
                "seed-does-not-start",
                $"{s.Name(index)} has not answered beyond the grace period{MemberCircumstances.Circumstances([seed])}",
                "Look at the pod's events and log; the version may not exist in spec.image.repository"
            ),
            _ when MemberHealth.Status(seed) is { LinearizableRead: true, ClusterId: not 0 } status
                    && s.Live.Membership is { Entries.Length: 1 } => Write(
                s,
                s.Record with
                {
                    ClusterId = status.ClusterId,
                    Intent = null,
                },
                $"{s.Name(index)} has founded cluster {status.ClusterId:x}"
            ),
            _ => new Progress($"{s.Name(index)} to answer as the seed"),
        };
    }
}
