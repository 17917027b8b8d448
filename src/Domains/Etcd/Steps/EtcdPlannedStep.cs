using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>A step of etcd as a line of a plan: what it means for quorum, for clients and for going back.</summary>
public static class EtcdPlannedStep
{
    public static PlannedStep Of(EtcdStep step, EtcdLive before, EtcdLive after)
    {
        var names = new EtcdNames(before.Cluster);
        return new(
            Symbol(step),
            step.GetType().Name,
            Subject(step, names),
            EtcdStepText.Sentence(step, names),
            Figures(before, after),
            ClientImpact(step, Count(before).Voters),
            Risk(step),
            WayBack(step),
            IsMinor(step)
        );
    }

    public static ImmutableArray<PlanFigure> Figures(EtcdLive before, EtcdLive after)
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
        var healthy = live.Members.Count(EtcdSituation.IsHealthyVoter);
        return voters == 0 ? default : (voters, healthy, Quorum.Of(voters), Math.Max(0, Quorum.Tolerates(voters, healthy)));
    }

    private static char Symbol(EtcdStep step) =>
        step switch
        {
            EtcdStep.AddLearner or EtcdStep.StartSeed or EtcdStep.StartMember or EtcdStep.TakeSnapshot => '+',
            EtcdStep.RemoveMember or EtcdStep.RemoveStranger or EtcdStep.DeleteMember or EtcdStep.DeleteClaim or EtcdStep.DeleteShared =>
                '-',
            _ => '~',
        };

    private static string Subject(EtcdStep step, EtcdNames names) =>
        step switch
        {
            EtcdStep.StartSeed s => names.Member(s.Index),
            EtcdStep.AddLearner s => names.Member(s.Index),
            EtcdStep.PutBack s => s.Target,
            EtcdStep.RemoveStranger s => s.PeerUrl,
            EtcdStep.StartMember s => names.Member(s.Index),
            EtcdStep.SealMember s => names.Member(s.Index),
            EtcdStep.RestoreMember s => names.Member(s.Index),
            EtcdStep.PromoteLearner s => names.Member(s.Index),
            EtcdStep.AdmitVoter s => names.Member(s.Index),
            EtcdStep.WithdrawVoter s => names.Member(s.Index),
            EtcdStep.UpdateMember s => names.Member(s.Index),
            EtcdStep.TakeSnapshot s => s.File,
            EtcdStep.MoveLeader s => names.Member(s.FromIndex),
            EtcdStep.RemoveMember s => names.Member(s.Index),
            EtcdStep.DeleteMember s => names.Member(s.Index),
            EtcdStep.DeleteClaim s => names.Member(s.Index),
            _ => names.Cluster.Name,
        };

    private static string ClientImpact(EtcdStep step, int voters) =>
        step switch
        {
            EtcdStep.UpdateMember when voters == 1 => "no reads and no writes until it is back: it is the only member",
            EtcdStep.UpdateMember when voters == 2 => "no writes until it is back: of two members both are needed",
            EtcdStep.UpdateMember => "open connections to it move to other members",
            EtcdStep.MoveLeader => "writes wait for the hand-over, usually well under a second",
            EtcdStep.RemoveMember => "none: it serves no new clients since its label was taken away; open connections to it move",
            EtcdStep.PromoteLearner or EtcdStep.AddLearner or EtcdStep.StartMember => "none",
            EtcdStep.DeleteShared { Peers: false } => "no client finds the cluster any more",
            EtcdStep.TakeSnapshot => "none: one member reads all of its data once",
            EtcdStep.RestoreMember => "none beyond the member's absence",
            _ => "",
        };

    private static RiskClass Risk(EtcdStep step) =>
        step switch
        {
            EtcdStep.PromoteLearner or EtcdStep.MoveLeader or EtcdStep.RemoveMember or EtcdStep.RemoveStranger => RiskClass.Availability,
            EtcdStep.DeleteClaim => RiskClass.Data,
            _ => RiskClass.None,
        };

    private static string? WayBack(EtcdStep step) =>
        step switch
        {
            EtcdStep.RemoveMember => "a new member joins under a new index; this one's data is not used again",
            EtcdStep.DeleteClaim or EtcdStep.UpdateMember { NoReturn: true } => null,
            EtcdStep.UpdateMember => "put the former version or fields back in git, and it is restarted with them",
            EtcdStep.RemoveStranger => "it is added again with etcdctl; it held no data",
            EtcdStep.PutBack => "the change is made again",
            EtcdStep.TakeSnapshot => "the file is deleted",
            EtcdStep.PromoteLearner => "the member is removed",
            EtcdStep.AddLearner => "the learner is removed",
            EtcdStep.MoveLeader => "leadership moves again",
            _ => "the former objects are applied again",
        };

    private static bool IsMinor(EtcdStep step) =>
        step
            is not (
                EtcdStep.DeleteShared { Peers: false }
                or EtcdStep.StartSeed
                or EtcdStep.AddLearner
                or EtcdStep.PromoteLearner
                or EtcdStep.MoveLeader
                or EtcdStep.RemoveMember
                or EtcdStep.RestoreMember
                or EtcdStep.UpdateMember
                or EtcdStep.TakeSnapshot
                or EtcdStep.DeleteClaim
                or EtcdStep.PutBack
                or EtcdStep.RemoveStranger
            );
}
