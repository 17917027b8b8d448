using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>
    /// Delete the clients' Service and the disruption budget of a cluster that is deleted, or at last the peers' Service.
    /// </summary>
    public sealed record DeleteShared(bool Peers) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Remove,
                Subject = before.Cluster.Name,
                Sentence = Peers
                    ? $"delete Service {Names(before).PeerService}"
                    : $"delete Service {Names(before).ClientService} and the disruption budget: no client is sent there any more",
                ClientImpact = Peers ? "" : "no client finds the cluster any more",
                Risk = Peers ? RiskClass.None : RiskClass.Outage,
                Undo = "the former objects are applied again",
                IsMinor = Peers,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            var (objects, names) = (execution.Objects, execution.Names);
            if (Peers)
            {
                await objects.DeleteAsync(
                    objects.Kinds.Services,
                    execution.Key(names.PeerService),
                    execution.Owner,
                    null,
                    cancellationToken
                );
                return Done;
            }

            await objects.DeleteAsync(objects.Kinds.Services, execution.Key(names.ClientService), execution.Owner, null, cancellationToken);
            if (execution.Live.ServesDisruptionBudgets)
            {
                await objects.DeleteAsync(
                    objects.Kinds.DisruptionBudgets,
                    execution.Key(names.DisruptionBudget),
                    execution.Owner,
                    null,
                    cancellationToken
                );
            }

            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            live with
            {
                Shared = Peers
                    ? live.Shared with
                    {
                        PeerServiceHash = null,
                    }
                    : live.Shared with
                    {
                        ClientServiceHash = null,
                        DisruptionBudgetHash = null,
                    },
            };
    }
}
