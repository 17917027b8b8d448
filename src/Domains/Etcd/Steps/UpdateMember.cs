using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Steps;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>
    /// Apply the member's StatefulSet as desired and take its pod down, whose successor is made from that; the member keeps its data. The
    /// template goes first, then the pod that was made from an older one. A member that the cluster can spare is evicted, so that a drain
    /// that has taken another one meanwhile keeps this one running; of one or two, and of a pod that does not run, the budget has nothing
    /// to say.
    /// </summary>
    /// <param name="From">The version that the member runs, as it says itself; null where it does not answer.</param>
    /// <param name="NoReturn">
    /// It is the last member of an older minor: once it runs, the cluster's version rises, and no old version starts again.
    /// </param>
    public sealed record UpdateMember(int Index, EtcdVersion? From, EtcdVersion To, bool NoReturn) : EtcdStep, IGatedStep
    {
        int? IGatedStep.Subject => Index;

        GatedEffect IGatedStep.Effect => GatedEffect.Restarts;

        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Names(before).Member(Index),
                Sentence = Sentence(Names(before).Member(Index)),
                ClientImpact = Voters(before) switch
                {
                    1 => "no reads and no writes until it is back: it is the only member",
                    2 => "no writes until it is back: of two members both are needed",
                    _ => "open connections to it move to other members",
                },
                Risk = Voters(before) <= 2 ? RiskClass.Outage : RiskClass.Availability,
                Undo = NoReturn ? null : "put the former version or fields back in git, and it is restarted with them",
                IsMinor = false,
                IsDisruptive = true,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            var (objects, names) = (execution.Objects, execution.Names);
            if (execution.Member(Index) is not { StatefulSet: { } set } member)
            {
                return new StepOutcome.NotYet($"{names.Member(Index)} has no StatefulSet");
            }

            // Elections do not wait for looks: asked again right before, since a leader is restarted only after it has handed over.
            var voters = execution.Live.Membership?.Entries.Count(entry => !entry.IsLearner) ?? 0;
            if (
                voters > 1
                && MemberHealth.IsHealthyVoter(member)
                && await execution.Endpoint(Index).StatusAsync(cancellationToken) is var now
                && now.LeaderId == now.MemberId
            )
            {
                return new StepOutcome.NotYet($"{names.Member(Index)} has become the leader meanwhile");
            }

            execution.EnsureFresh();
            var rendered = EtcdRendering.StatefulSet(execution.Desired, Index, set.VoterRole);
            await objects.ApplyAsync(objects.Kinds.StatefulSets, rendered, cancellationToken);
            if (member.Pod is not { Terminating: false } pod || pod.SpecHash == rendered.GetAnnotation(ObjectLabels.SpecHashAnnotation))
            {
                return Done;
            }

            var key = execution.Key(names.Pod(Index));
            var spared = MemberHealth.IsHealthyVoter(member) && execution.Live.ServesDisruptionBudgets && voters > 2;
            await (
                spared
                    ? objects.EvictAsync(key, execution.Owner, pod.Uid, cancellationToken)
                    : objects.DeleteAsync(objects.Kinds.Pods, key, execution.Owner, pod.Uid, cancellationToken)
            );
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            EtcdModel.Change(
                live,
                Index,
                member =>
                    member with
                    {
                        StatefulSet = model.Set(live, Index, member.StatefulSet is { VoterRole: true }),
                        Pod = member.Pod is { } pod ? pod with { Terminating = true, Ready = false } : null,
                        Endpoint = new EndpointLive.Unreachable(false),
                    }
            ) with
            {
                Settled = false,
            };

        private static int Voters(EtcdLive live) => live.Members.Count(member => member.Entry is { IsLearner: false });

        private string Sentence(string name) =>
            this switch
            {
                { From: { } from } when from == To => $"restart {name} as desired; its data is kept",
                { NoReturn: true } => $"restart {name} with {To}: the point of no return, since the cluster's version rises to "
                    + $"{To.Major}.{To.Minor} with it",
                _ => $"restart {name} with {To}",
            };
    }
}
