using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>Apply the Services and the disruption budget.</summary>
    /// <param name="MinAvailable">How many voters the budget keeps; null where the API server has no budgets, and none is applied.</param>
    public sealed record ApplyShared(int? MinAvailable) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = MinAvailable is { } least
                    ? $"apply the Services and the disruption budget (at least {least} voters stay)"
                    : "apply the Services (this API server has no disruption budgets of policy/v1)",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "the former objects are applied again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            var objects = execution.Objects;
            await objects.ApplyAsync(objects.Kinds.Services, EtcdRendering.PeerService(execution.Desired), cancellationToken);
            await objects.ApplyAsync(objects.Kinds.Services, EtcdRendering.ClientService(execution.Desired), cancellationToken);
            if (MinAvailable is { } least)
            {
                await objects.ApplyAsync(
                    objects.Kinds.DisruptionBudgets,
                    EtcdRendering.DisruptionBudget(execution.Desired, least),
                    cancellationToken
                );
            }

            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            live with
            {
                Shared = model.Hashes.Shared(model.Accepted(live), MinAvailable),
            };
    }
}
