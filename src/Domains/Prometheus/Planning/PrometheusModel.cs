using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>What steps do to the world where nothing goes wrong, and what the world then does by itself. Pure; plans are unfolded on it.</summary>
internal sealed class PrometheusModel(PrometheusDesired desired, PrometheusHashes hashes)
{
    public PrometheusLive Apply(PrometheusLive live, PrometheusStep step) =>
        step switch
        {
            PrometheusStep.ApplyService => live with { ServiceHash = hashes.Service(desired) },
            PrometheusStep.Publish publish => Publish(live, publish),
            PrometheusStep.ApplyShard apply => With(
                live,
                apply.Shard,
                shard =>
                    shard with
                    {
                        Set = new(
                            shard.Set?.Uid ?? $"new-{shard.Index}",
                            hashes.StatefulSet(desired, shard.Index),
                            apply.Replicas,
                            Terminating: false
                        )
                        {
                            TemplateHash = hashes.Template(desired, shard.Index),
                            ServiceName = PrometheusRendering.ServiceName(desired),
                            Claim = PrometheusRendering.Claim(desired),
                        },
                    }
            ),
            PrometheusStep.Reload reload => With(
                live,
                reload.Shard,
                shard =>
                    shard with
                    {
                        Replicas =
                        [
                            .. shard.Replicas.Select(replica => replica.PodUid == reload.PodUid ? Serving(live, shard, replica) : replica),
                        ],
                    }
            ),
            PrometheusStep.RestartReplica restart => With(
                live,
                restart.Shard,
                shard => shard with { Replicas = shard.Replicas.RemoveAll(replica => replica.PodUid == restart.PodUid) }
            ),
            PrometheusStep.Begin => live with { Reached = null, Held = null },
            PrometheusStep.HoldBack hold => live with { Held = hold.Held },
            PrometheusStep.Reject reject => live with { Rejected = reject.Rejected },
            PrometheusStep.TakeApproval take => live with { Approval = take.Approval },
            PrometheusStep.Confirm confirm => live with
            {
                Confirmed = confirm.Files,
                Rejected = null,
                Held = null,
                Reached = hashes.Desired(desired),
            },
            PrometheusStep.GrowClaim grow => With(
                live,
                grow.Shard,
                shard =>
                    shard with
                    {
                        Claims = [.. shard.Claims.Select(claim => claim.Uid == grow.ClaimUid ? claim with { Size = grow.To } : claim)],
                    }
            ),
            PrometheusStep.Unwrap unwrap => With(live, unwrap.Shard, shard => shard with { Set = null }),
            PrometheusStep.PutBack put => live with { Drifts = live.Drifts.RemoveAll(fact => fact.Target == put.Target) },
            _ => throw new NotSupportedException($"The model does not know {step.GetType().Name}"),
        };

    /// <summary>Pods come, start and serve; those too many go. The same state where nothing is left to happen.</summary>
    public PrometheusLive Advance(PrometheusLive live)
    {
        foreach (var shard in live.Shards.Where(shard => shard.Set is not null))
        {
            var kept = shard
                .Replicas.Where(replica => replica.Ordinal < shard.Set!.Replicas && !replica.Terminating)
                .Select(replica =>
                    PrometheusSituation.Serves(replica)
                        ? replica with
                        {
                            Server = replica.Server! with { HasSettled = true },
                        }
                        : Serving(live, shard, replica)
                )
                .ToImmutableArray();
            var made = Enumerable
                .Range(0, shard.Set!.Replicas)
                .Where(ordinal => !kept.Any(replica => replica.Ordinal == ordinal))
                .Select(ordinal =>
                    Serving(
                        live,
                        shard,
                        new(
                            ordinal,
                            $"made-{shard.Index}-{ordinal}-{shard.Set.TemplateHash}",
                            shard.Set.TemplateHash,
                            true,
                            true,
                            false,
                            null
                        )
                    )
                );
            var replicas = kept.Concat(made).OrderBy(replica => replica.Ordinal).ToImmutableArray();
            var claims = shard.Set.Claim is { } template
                ? shard.Claims.AddRange(
                    Enumerable
                        .Range(0, shard.Set.Replicas)
                        .Where(ordinal => !shard.Claims.Any(claim => claim.Ordinal == ordinal))
                        .Select(ordinal => new ReplicaClaimLive(ordinal, $"claim-{shard.Index}-{ordinal}", template.Size))
                )
                : shard.Claims;
            if (!replicas.SequenceEqual(shard.Replicas) || claims.Length != shard.Claims.Length)
            {
                return With(live, shard.Index, before => before with { Replicas = replicas, Claims = claims });
            }
        }

        return live;
    }

    private ReplicaLive Serving(PrometheusLive live, ShardLive shard, ReplicaLive replica) =>
        replica with
        {
            Running = true,
            Ready = true,
            Terminating = false,
            Trouble = null,
            Refusal = null,
            StartRefusal = null,
            Server = new(
                PrometheusRendering.VersionOf(desired).ToString(),
                true,
                shard.ConfigurationDigest,
                [.. live.RuleDigests.OfType<string>()],
                true,
                replica.Server?.RuleGroups ?? 0
            )
            {
                Retention = desired.Retention,
                ScrapingShards = ScrapingShards(live, shard),
            },
        };

    private static int ScrapingShards(PrometheusLive live, ShardLive shard) =>
        new[] { live.Rendered.Files, live.Confirmed }
            .OfType<PrometheusFiles>()
            .FirstOrDefault(files => files.Shards.ElementAtOrDefault(shard.Index)?.Digest == shard.ConfigurationDigest)
            is { } files
        && files.Shards[shard.Index].Scrapes
            ? files.ScrapingShards
            : 0;

    private static PrometheusLive Publish(PrometheusLive live, PrometheusStep.Publish step)
    {
        foreach (var index in step.Shards)
        {
            live = With(
                live,
                index,
                shard =>
                    shard with
                    {
                        ConfigurationDigest = step.Files.Shards[index].Digest,
                        Replicas = [.. shard.Replicas.Select(replica => replica with { MadeAfterFiles = false })],
                    }
            );
        }

        return step.Reason == PublishReason.NewShards
            ? live
            : live with
            {
                RuleDigests =
                [
                    .. Enumerable
                        .Range(0, PrometheusLimits.RuleMaps)
                        .Select(index => index < step.Files.Rules.Length ? step.Files.Rules[index].Digest : null),
                ],
            };
    }

    private static PrometheusLive With(PrometheusLive live, int index, Func<ShardLive, ShardLive> change)
    {
        var changed = change(live.Shard(index) ?? new(index));
        return live with { Shards = [.. live.Shards.Where(shard => shard.Index != index).Append(changed).OrderBy(shard => shard.Index)] };
    }
}
