using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>Answers that many rules give.</summary>
internal static class RuleAnswers
{
    /// <summary>
    /// Sends <paramref name="step"/> through the gate; <paramref name="then"/> is what to do if it is open, by default the step itself.
    /// </summary>
    public static Decision<EtcdStep> Gated<TGated>(EtcdPlanningContext s, TGated step, Func<EtcdStep>? then = null)
        where TGated : EtcdStep, IGatedStep
    {
        var result = s.Gate(s, step);
        var sentence = step.Describe(s.Live).Sentence;
        return result switch
        {
            { Open: true } => new Act(then?.Invoke() ?? step),
            { FirstBlocker: { Passes: true } soon } => new Progress($"{soon.Says} (before: {sentence})"),
            _ when s.Hindered is { } held => HinderedMember.Hindered(s, held),
            { FirstBlocker: { } blocker } => new Blocked(blocker.Id, $"{sentence} is held back: {blocker.Says}", Remediation(blocker)),
            _ => throw new InvalidOperationException("A gate is either open or has a blocker"),
        };
    }

    /// <summary>An alarm stays raised until somebody disarms it, even where its member is gone; all else is over by itself.</summary>
    private static string Remediation(GateCheck blocker) =>
        blocker.Id switch
        {
            "no-alarm" => "Cure what raised it: for NOSPACE delete keys, compact and defragment each member with etcdctl; for CORRUPT save "
                + "a snapshot of a member that is intact, and delete StatefulSet and claim of the corrupt one, which is replaced. Then "
                + "etcdctl alarm disarm, and it resumes automatically",
            "one-cluster-id" => "Find out where the other cluster came from (a restored or copied volume), and take it away",
            "no-other-learner" => "It resumes automatically once that member votes or has left",
            _ => "It resumes automatically once the members answer and are healthy",
        };

    /// <summary>With the record goes how far the cluster has come, never back.</summary>
    public static Decision<EtcdStep> Write(EtcdPlanningContext s, EtcdRecord record, string why) =>
        new Act(
            new EtcdStep.WriteRecord(
                s.CertainPosition is { } now && (record.Reached is not { } reached || !now.IsBehind(reached))
                    ? record with
                    {
                        Reached = now,
                    }
                    : record,
                why
            )
        );
}
