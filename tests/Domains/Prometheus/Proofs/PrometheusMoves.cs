using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;

namespace GitOpsOperator.Domains.Prometheus.Tests.Proofs;

/// <summary>What may happen next in a world besides what the operator decides.</summary>
/// <param name="wishes">All that git may want.</param>
internal sealed class PrometheusMoves(ImmutableArray<PrometheusDesiredState> wishes)
{
    /// <summary>The world by itself, one pod at a time and in any order.</summary>
    public IEnumerable<(string What, PrometheusWorld To)> Natural(PrometheusWorld world)
    {
        foreach (var shard in world.Live.Shards)
        {
            foreach (var replica in shard.Replicas.Where(one => PrometheusComparison.Serves(one) && !one.Server!.HasSettled))
            {
                var settled = replica with { Server = replica.Server! with { HasSettled = true } };
                yield return (
                    $"{replica.PodUid} finds its targets",
                    Put(world, shard, settled) with
                    {
                        Found = world.Found.SetItem(replica.PodUid, Targets(shard, settled)),
                    }
                );
            }
        }

        foreach (var shard in world.Live.Shards.Where(shard => shard.Set is not null))
        {
            for (var ordinal = 0; ordinal < shard.Set!.Replicas; ordinal++)
            {
                var replica = shard.Replicas.FirstOrDefault(there => there.Ordinal == ordinal);
                var made =
                    replica
                    ?? new(ordinal, $"{shard.Index}-{ordinal}", shard.Set.TemplateHash, false, false, false, null)
                    {
                        MadeAfterFiles = true,
                    };
                if (made.Server is null && IsTaken(shard.ConfigurationDigest))
                {
                    yield return (
                        $"{made.PodUid} starts",
                        Put(world, shard, Serving(world, shard, made)) with
                        {
                            Found = world.Found.Remove(made.PodUid),
                        }
                    );
                }
                else if (made is { Server: null, StartError: null } && shard.ConfigurationDigest is not null)
                {
                    yield return (
                        $"{made.PodUid} ends at start",
                        Put(world, shard, made with { NotReadyReason = "CrashLoopBackOff", StartError = "Error loading config" })
                    );
                }
            }

            foreach (var leaving in shard.Replicas.Where(replica => replica.Ordinal >= shard.Set.Replicas))
            {
                yield return ($"{leaving.PodUid} leaves", Without(world, shard, leaving));
            }
        }
    }

    /// <summary>One thing that goes wrong, and only while nothing else is wrong.</summary>
    public static IEnumerable<(string What, PrometheusWorld To)> Faults(PrometheusWorld world)
    {
        if (world.Disturbed || world.Live.Confirmed is null)
        {
            yield break;
        }

        world = world with { Disturbed = true };
        yield return (
            "what was at work is forgotten",
            world.With(world.Live with { Confirmed = null, Rejected = null, Reached = null, Approval = ApprovalLive.None })
        );
        foreach (var shard in world.Live.Shards)
        {
            yield return (
                $"the configuration of {shard.Index} is deleted",
                Change(world, shard.Index, one => one with { ConfigurationDigest = null })
            );
            if (shard.Set is not null)
            {
                yield return (
                    $"the StatefulSet of {shard.Index} is deleted",
                    Change(world, shard.Index, one => one with { Set = null, Replicas = [] })
                );
                yield return (
                    $"the StatefulSet of {shard.Index} is deleted, its pods stay",
                    Change(world, shard.Index, one => one with { Set = null })
                );
            }

            foreach (var replica in shard.Replicas)
            {
                yield return (
                    $"{replica.PodUid} is killed",
                    Put(world, shard, replica with { Running = false, Ready = false, Server = null })
                );
                yield return ($"{replica.PodUid} is lost", Without(world, shard, replica));
            }
        }
    }

    public IEnumerable<(string What, PrometheusWorld To)> Commits(PrometheusWorld world) =>
        world.Live.Confirmed is null
            ? []
            : wishes
                .Where(wish => wish != world.Wish)
                .Select(wish => ($"a commit wants {wish.Name}", (world with { Wish = wish }).With(world.Live)));

    /// <summary>What a step leads to.</summary>
    public PrometheusWorld Carried(PrometheusWorld world, PrometheusStep step)
    {
        if (step is PrometheusStep.Reload reload)
        {
            var shard = world.Live.Shard(reload.Shard)!;
            var replica = shard.Replicas.First(one => one.PodUid == reload.PodUid);
            var loaded = Serving(world, shard, replica);

            // The new jobs are in force although the whole is refused, as with a rule file that cannot be read.
            loaded = IsTaken(shard.ConfigurationDigest)
                ? loaded
                : loaded with
                {
                    Server = loaded.Server! with { ReloadSucceeded = false },
                    Refusal = new(reload.Digest, "refused"),
                };
            return Put(world, shard, loaded) with
            {
                Found = world.Found.SetItem(replica.PodUid, world.Found.GetValueOrDefault(replica.PodUid) & Targets(shard, loaded)),
            };
        }

        var live = new PrometheusModel(world.Wish.Desired, world.Wish.Hashes).Apply(world.Live, step);
        if (step is PrometheusStep.ApplyShard apply)
        {
            // What the StatefulSet starts its pods with from now on.
            live = With(live, apply.Shard, shard => shard with { Set = shard.Set! with { Retention = world.Wish.Desired.Retention } });
        }

        return Tidy(world.With(live));
    }

    /// <summary>Steps that are several writes, with only the first done.</summary>
    public static IEnumerable<PrometheusWorld> HalfDone(PrometheusWorld world, PrometheusStep step)
    {
        if (step is PrometheusStep.Publish { Shards.Length: > 0 } publish)
        {
            yield return world.With(
                new PrometheusModel(world.Wish.Desired, world.Wish.Hashes).Apply(world.Live, publish with { Shards = [] })
            );
            if (publish.Shards.Length > 1)
            {
                yield return world.With(
                    new PrometheusModel(world.Wish.Desired, world.Wish.Hashes).Apply(
                        world.Live,
                        publish with
                        {
                            Shards = [publish.Shards[0]],
                        }
                    )
                );
            }
        }
    }

    private bool IsTaken(string? digest) =>
        digest is not null
        && !wishes.Any(wish =>
            wish.IsRefused && (wish.TargetsOf(0, digest) ?? wish.TargetsOf(1, digest)) is not (null or PrometheusTargets.None)
        );

    private PrometheusTargets Targets(ShardLive shard, ReplicaLive replica) =>
        wishes
            .Select(wish => wish.TargetsOf(shard.Index, replica.Server!.ConfigurationDigest!))
            .FirstOrDefault(targets => targets is not null)
        ?? PrometheusTargets.None;

    /// <summary>It runs the files that are there, and is what its template makes it.</summary>
    private ReplicaLive Serving(PrometheusWorld world, ShardLive shard, ReplicaLive replica)
    {
        var made = wishes.FirstOrDefault(wish => wish.Hashes.Template(wish.Desired, shard.Index) == replica.TemplateHash) ?? world.Wish;
        return replica with
        {
            Running = true,
            Ready = true,
            NotReadyReason = null,
            Refusal = null,
            StartError = null,
            Server = new(
                PrometheusRendering.VersionOf(made.Desired).ToString(),
                true,
                shard.ConfigurationDigest,
                [.. world.Live.RuleDigests.OfType<string>()],
                true,
                0
            )
            {
                Retention = made.Desired.Retention,
                ScrapingShards = wishes
                    .Where(wish => wish.TargetsOf(shard.Index, shard.ConfigurationDigest!) is not (null or PrometheusTargets.None))
                    .Select(wish => wish.Desired.Shards)
                    .FirstOrDefault(),
            },
        };
    }

    private static PrometheusWorld Put(PrometheusWorld world, ShardLive shard, ReplicaLive replica) =>
        Tidy(
            Change(
                world,
                shard.Index,
                one =>
                    one with
                    {
                        Replicas =
                        [
                            .. one
                                .Replicas.Where(there => there.Ordinal != replica.Ordinal)
                                .Append(replica)
                                .OrderBy(there => there.Ordinal),
                        ],
                    }
            )
        );

    private static PrometheusWorld Without(PrometheusWorld world, ShardLive shard, ReplicaLive replica) =>
        Tidy(Change(world, shard.Index, one => one with { Replicas = one.Replicas.RemoveAll(there => there.Ordinal == replica.Ordinal) }));

    private static PrometheusWorld Change(PrometheusWorld world, int shard, Func<ShardLive, ShardLive> change) =>
        world.With(With(world.Live, shard, change));

    private static PrometheusLive With(PrometheusLive live, int shard, Func<ShardLive, ShardLive> change) =>
        live with
        {
            Shards = [.. live.Shards.Select(one => one.Index == shard ? change(one) : one)],
        };

    /// <summary>A process that is gone has found nothing.</summary>
    private static PrometheusWorld Tidy(PrometheusWorld world)
    {
        var serving = world
            .Live.Shards.SelectMany(shard => shard.Replicas)
            .Where(PrometheusComparison.Serves)
            .Select(replica => replica.PodUid)
            .ToHashSet();
        return world with { Found = world.Found.RemoveRange(world.Found.Keys.Where(uid => !serving.Contains(uid))) };
    }
}
