using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>
    /// Delete StatefulSet (foreground, UID precondition) and boot ConfigMap of a member that etcd no longer lists, or of a cluster that is
    /// deleted.
    /// </summary>
    public sealed record DeleteMember(int Index, string? StatefulSetUid) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Remove,
                Subject = Names(before).Member(Index),
                Sentence = $"delete the objects of {Names(before).Member(Index)}",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "the former objects are applied again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            var (objects, names) = (execution.Objects, execution.Names);
            if (StatefulSetUid is { } uid)
            {
                await objects.DeleteAsync(
                    objects.Kinds.StatefulSets,
                    execution.Key(names.Member(Index)),
                    execution.Owner,
                    uid,
                    cancellationToken
                );
            }

            await objects.DeleteAsync(objects.Kinds.ConfigMaps, execution.Key(names.Boot(Index)), execution.Owner, null, cancellationToken);
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            EtcdModel.Change(
                live,
                Index,
                member =>
                    member with
                    {
                        Boot = null,
                        StatefulSet = member is { StatefulSet: { } set, Pod: not null } ? set with { Terminating = true } : null,
                    }
            );
    }
}
