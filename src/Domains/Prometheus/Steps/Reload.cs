using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Reconcile.Writing;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>A replica has read its files again, and runs them.</summary>
    public sealed record Reload(int Shard, int Ordinal, string PodUid, string Digest) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Names(before).Pod(Shard, Ordinal),
                Sentence = $"have {Names(before).Pod(Shard, Ordinal)} load configuration {Digest}",
                ClientImpact = "none: nothing is restarted",
                Risk = RiskClass.None,
                Undo = "put the configuration back that was last at work",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken)
        {
            // A reload's "200" says that some files were read, not which: the kubelet may not have brought the new ones yet. So what runs
            // then is asked for, and until it is what was meant the step is not done.
            var (desired, live) = (execution.Desired, execution.Live);
            if (
                live.Shard(Shard) is not { } shard
                || shard.Replicas.FirstOrDefault(replica => replica.PodUid == PodUid) is not { } replica
                || PrometheusObserver.RootOf(desired, replica) is not { } root
            )
            {
                return new StepOutcome.NotYet("its pod has gone");
            }

            execution.Leadership.EnsureLeader();
            if (await execution.Endpoints.ReloadAsync(root, cancellationToken) is { } words)
            {
                var error = ProcessWords.Mask(words, execution.View, desired, live, Shard);
                execution.Observer.Note(PodUid, new(Digest, error));

                // What is known to work is asked for again; what is new is judged by the planner, which sees the refusal.
                return Digest == live.Confirmed?.Digest ? new StepOutcome.NotYet(error) : Done;
            }

            execution.Observer.Note(PodUid, null);
            var server = await execution.Endpoints.StatusAsync(root, cancellationToken);
            return
                server is not null
                && server.ConfigurationDigest == shard.ConfigurationDigest
                && server.RuleDigests.SetEquals(live.RuleDigests.OfType<string>())
                ? Done
                : new StepOutcome.NotYet("it answered, but its pod still has the files from before");
        }

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) =>
            PrometheusModel.With(
                live,
                Shard,
                shard =>
                    shard with
                    {
                        Replicas =
                        [
                            .. shard.Replicas.Select(replica => replica.PodUid == PodUid ? model.Serving(live, shard, replica) : replica),
                        ],
                    }
            );
    }
}
