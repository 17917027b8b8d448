using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;

namespace GitOpsOperator.Domains.Prometheus.Rendering;

/// <summary>One desired and one live state side by side, in the terms that rules, steps and reports share. Pure.</summary>
internal sealed class PrometheusComparison(PrometheusDesired desired, PrometheusLive live, PrometheusHashes hashes)
{
    public PrometheusDesired Desired => desired;

    public PrometheusLive Live => live;

    public PrometheusHashes Hashes => hashes;

    public PrometheusNames Names => new(desired.Cluster);

    public PrometheusFiles? DesiredFiles => live.Rendered.Files;

    public string? Published => live.PublishedDigest;

    public bool DesiredIsRejected => DesiredFiles is { } desired && live.Rejected?.Digest == desired.Digest;

    /// <summary>The shards that git wants, which all scrape.</summary>
    public IEnumerable<int> ActiveShards => Enumerable.Range(0, desired.Shards);

    /// <summary>Shards that have a StatefulSet, those that are only kept for queries among them.</summary>
    public IEnumerable<ShardLive> Running => live.Shards.Where(shard => shard.Set is not null);

    /// <summary>Replicas that are neither on their way out nor due for a restart anyway.</summary>
    public IEnumerable<(ShardLive Shard, ReplicaLive Replica)> Current =>
        Running.SelectMany(shard => shard.Replicas.Where(replica => IsCurrent(shard, replica)).Select(replica => (shard, replica)));

    public IEnumerable<(ShardLive Shard, ReplicaLive Replica)> Outdated =>
        Running.SelectMany(shard =>
            shard
                .Replicas.Where(replica =>
                    !replica.Terminating && replica.Ordinal < shard.Set!.Replicas && replica.TemplateHash != shard.Set.TemplateHash
                )
                .Select(replica => (shard, replica))
        );

    /// <summary>All that git asks for was so before, and it asks for nothing else since.</summary>
    public bool IsReached => live.Reached is { } reached && reached == hashes.Desired(desired);

    /// <summary>
    /// Whether a shard's StatefulSet is what git asks for. That this version of the operator would render the same wish differently counts
    /// only where the document says so, and is applied with its next change.
    /// </summary>
    public bool IsAsAsked(ShardLive shard) =>
        shard.Set is { } set
        && set.Replicas == desired.Replicas
        && ((IsReached && !desired.RollsForRendering) || set.Hash == hashes.StatefulSet(desired, shard.Index));

    public bool RunsPublished(ShardLive shard, ReplicaLive replica) =>
        replica.Server is { ReloadSucceeded: true, Ready: true } server
        && server.ConfigurationDigest == shard.ConfigurationDigest
        && server.RuleDigests.SetEquals(live.RuleDigests.OfType<string>());

    /// <summary>Whether a replica does what replicas are for.</summary>
    public static bool Serves(ReplicaLive replica) => replica is { Ready: true, Terminating: false, Server.Ready: true };

    /// <summary>It serves, and has had the time to find what it is to scrape.</summary>
    public static bool HasItsTargets(ReplicaLive replica) => Serves(replica) && replica.Server!.HasSettled;

    /// <summary>Shards whose configuration is not what these files say.</summary>
    public ImmutableArray<int> Differing(PrometheusFiles files, IEnumerable<int> shards) =>
        [.. shards.Where(shard => shard < files.Shards.Length && live.Shard(shard)?.ConfigurationDigest != files.Shards[shard].Digest)];

    /// <summary>Whether files lie in Kubernetes as they are; what lies there for shards beyond theirs does not matter.</summary>
    public bool IsPublished(PrometheusFiles files) =>
        Differing(files, live.Shards.Select(shard => shard.Index)).IsEmpty
        && live.RuleDigests.OfType<string>().SequenceEqual(files.Rules.Select(rules => rules.Digest));

    public string Replica(ShardLive shard, ReplicaLive replica) => Names.Pod(shard.Index, replica.Ordinal);

    private static bool IsCurrent(ShardLive shard, ReplicaLive replica) =>
        !replica.Terminating && replica.TemplateHash == shard.Set!.TemplateHash;
}
