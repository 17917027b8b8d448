using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;

namespace GitOpsOperator.Domains.Prometheus.Steps;

/// <summary>
/// What steps do to the world where nothing goes wrong, and what the world then does by itself. Pure; plans are unfolded on it.
/// </summary>
internal sealed class PrometheusModel(PrometheusDesired desired, PrometheusHashes hashes)
{
    public PrometheusDesired Desired => desired;

    public PrometheusHashes Hashes => hashes;

    /// <summary>The state right after the step's calls have succeeded.</summary>
    public PrometheusLive Apply(PrometheusLive live, PrometheusStep step) => step.ApplyTo(live, this);

    /// <summary>Pods come, start and serve; those too many go. The same state where nothing is left to happen.</summary>
    public PrometheusLive Advance(PrometheusLive live)
    {
        foreach (var shard in live.Shards.Where(shard => shard.Set is not null))
        {
            var kept = shard
                .Replicas.Where(replica => replica.Ordinal < shard.Set!.Replicas && !replica.Terminating)
                .Select(replica =>
                    PrometheusComparison.Serves(replica)
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

    /// <summary>A replica that runs what is published for its shard.</summary>
    public ReplicaLive Serving(PrometheusLive live, ShardLive shard, ReplicaLive replica) =>
        replica with
        {
            Running = true,
            Ready = true,
            Terminating = false,
            NotReadyReason = null,
            Refusal = null,
            StartError = null,
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

    public static PrometheusLive With(PrometheusLive live, int index, Func<ShardLive, ShardLive> change)
    {
        var changed = change(live.Shard(index) ?? new(index));
        return live with { Shards = [.. live.Shards.Where(shard => shard.Index != index).Append(changed).OrderBy(shard => shard.Index)] };
    }
}
