using System.Net;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Reconcile.Writing;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>A replica's volume is asked to be larger; who provides it enlarges it, on most classes while it is in use.</summary>
    public sealed record GrowClaim(int Shard, int Ordinal, string ClaimUid, Quantity From, Quantity To) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Names(before).Pod(Shard, Ordinal),
                Sentence = $"enlarge the volume of {Names(before).Pod(Shard, Ordinal)} from {From} to {To}",
                ClientImpact = "none: it is enlarged while it is in use, where its class can do that",
                Risk = RiskClass.None,
                Undo = null,
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken)
        {
            if (execution.Live.Shard(Shard)?.Set?.Claim is not { } template)
            {
                return new StepOutcome.NotYet("its StatefulSet is not there any more");
            }

            var name = template.ClaimOf(execution.Names.Pod(Shard, Ordinal));
            try
            {
                await execution.Objects.GrowClaimAsync(execution.Key(name), ClaimUid, To, cancellationToken);
                return Done;
            }
            catch (KubernetesCallException refused)
                when (refused.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity)
            {
                // So says an API server whose storage class does not allow it: for a person to change, there or in git.
                return new StepOutcome.NotYet(refused.Message);
            }
        }

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) =>
            PrometheusModel.With(
                live,
                Shard,
                shard => shard with { Claims = [.. shard.Claims.Select(claim => claim.Uid == ClaimUid ? claim with { Size = To } : claim)] }
            );
    }
}
