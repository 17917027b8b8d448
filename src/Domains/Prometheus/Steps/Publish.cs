using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>Configuration and rules lie in Kubernetes for pods to read; no process has been told.</summary>
    /// <param name="Shards">Those whose configuration is written.</param>
    public sealed record Publish(PrometheusFiles Files, ImmutableArray<int> Shards, PublishReason Reason) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = Reason switch
                {
                    PublishReason.RollBack => "put the configuration back that was last at work",
                    PublishReason.NewShards => $"write the configuration of {string.Join(", ", Shards.Select(Names(before).Shard))}",
                    PublishReason.Change => $"write configuration {Files.Digest}",
                    _ => throw new InvalidOperationException($"A reason to publish that has no words: {Reason}"),
                },
                ClientImpact = Reason == PublishReason.RollBack ? "none" : "",
                Risk = RiskClass.None,
                Undo = Reason == PublishReason.RollBack ? "publish it again" : "put the configuration back that was last at work",
                IsMinor = Reason != PublishReason.RollBack,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken)
        {
            // Rules first: a configuration that names rule files is never without them. New shards get their configuration while the others
            // keep theirs, and the rules that go with it.
            var (objects, desired, live) = (execution.Objects, execution.Desired, execution.Live);
            var withRules = Reason != PublishReason.NewShards;
            for (var index = 0; withRules && index < PrometheusLimits.RuleMaps; index++)
            {
                var there = live.RuleDigests.ElementAtOrDefault(index);
                if (index < Files.Rules.Length && there != Files.Rules[index].Digest)
                {
                    await objects.ApplyAsync(objects.Kinds.ConfigMaps, PrometheusRendering.Rules(desired, Files, index), cancellationToken);
                }
                else if (index >= Files.Rules.Length && there is not null)
                {
                    await objects.DeleteAsync(
                        objects.Kinds.ConfigMaps,
                        execution.Key(execution.Names.Rules(index)),
                        desired.Owner,
                        null,
                        cancellationToken
                    );
                }
            }

            foreach (var shard in Shards)
            {
                await objects.ApplyAsync(
                    objects.Kinds.Secrets,
                    PrometheusRendering.Configuration(desired, Files, shard),
                    cancellationToken
                );
            }

            return Done;
        }

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) =>
            Reason == PublishReason.NewShards
                ? WithShards(live)
                : WithShards(live) with
                {
                    RuleDigests =
                    [
                        .. Enumerable
                            .Range(0, PrometheusLimits.RuleMaps)
                            .Select(index => index < Files.Rules.Length ? Files.Rules[index].Digest : null),
                    ],
                };

        private PrometheusLive WithShards(PrometheusLive live) =>
            Shards.Aggregate(
                live,
                (world, index) =>
                    PrometheusModel.With(
                        world,
                        index,
                        shard =>
                            shard with
                            {
                                ConfigurationDigest = Files.Shards[index].Digest,
                                Replicas = [.. shard.Replicas.Select(replica => replica with { MadeAfterFiles = false })],
                            }
                    )
            );
    }
}

public enum PublishReason
{
    /// <summary>For shards that are about to be made.</summary>
    NewShards,

    /// <summary>Git's documents come to something else than before.</summary>
    Change,

    /// <summary>What was published last was refused; what was last at work comes back.</summary>
    RollBack,
}
