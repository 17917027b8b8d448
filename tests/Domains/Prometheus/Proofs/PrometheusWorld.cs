using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Tests.Planning;

namespace GitOpsOperator.Domains.Prometheus.Tests.Proofs;

/// <summary>A Prometheus as it truly is, with the desired state of it and which targets each process has found.</summary>
/// <param name="Found">Targets that a pod's process has, by the pod's uid.</param>
/// <param name="Disturbed">Something has gone wrong since all was last as desired; nothing else does until it is so again.</param>
internal sealed record PrometheusWorld(
    PrometheusDesiredState Wish,
    PrometheusLive Live,
    ImmutableDictionary<string, PrometheusTargets> Found,
    bool Disturbed
)
{
    public static PrometheusWorld Beginning(PrometheusDesiredState wish) =>
        new(wish, wish.SeenIn(PrometheusScene.Nothing(wish.Desired)), ImmutableDictionary<string, PrometheusTargets>.Empty, false);

    /// <summary>The same world with what happened to it, as git's documents see it.</summary>
    public PrometheusWorld With(PrometheusLive live) => this with { Live = Wish.SeenIn(live) };

    /// <summary>Targets that some process scrapes.</summary>
    public PrometheusTargets Scraped =>
        Live
            .Shards.SelectMany(shard => shard.Replicas)
            .Where(PrometheusComparison.Serves)
            .Aggregate(PrometheusTargets.None, (all, replica) => all | Found.GetValueOrDefault(replica.PodUid));

    /// <summary>The world with everything left out that cannot matter. Digests tell configurations apart, hashes what pods are made
    /// from.</summary>
    public string Key()
    {
        var key = new StringBuilder(160);
        key.Append(Wish.Name)
            .Append(Disturbed ? '!' : ' ')
            .Append(Short(Live.Confirmed?.Digest))
            .Append(Short(Live.Rejected?.Digest))
            .Append(Short(Live.Reached))
            .Append(Live.ServiceHash is null ? '-' : 's')
            .Append(Live.RuleDigests.Count(digest => digest is not null));
        foreach (var shard in Live.Shards)
        {
            key.Append(CultureInfo.InvariantCulture, $" |{shard.Index}:{Short(shard.ConfigurationDigest)}");
            if (shard.Set is { } set)
            {
                key.Append(
                    CultureInfo.InvariantCulture,
                    $" {set.Replicas}x{Short(set.TemplateHash)}{Short(set.Hash)}{set.Retention?.Text}"
                );
            }

            foreach (var replica in shard.Replicas)
            {
                key.Append(CultureInfo.InvariantCulture, $" {replica.Ordinal}{Short(replica.TemplateHash)}")
                    .Append(PrometheusComparison.Serves(replica) ? 'u' : 'd')
                    .Append(replica.StartError is null ? ' ' : '?')
                    .Append(replica.MadeAfterFiles ? 'n' : ' ')
                    .Append(Short(replica.Server?.ConfigurationDigest))
                    .Append(replica.Server?.ReloadSucceeded == false ? 'R' : ' ')
                    .Append(replica.Server?.HasSettled == true ? 'S' : ' ')
                    .Append((int)Found.GetValueOrDefault(replica.PodUid));
            }
        }

        return key.ToString();

        static string Short(string? digest) => digest is null ? "-" : digest[..4];
    }

    public override string ToString() => Key();
}

/// <summary>Two targets, of which each of two shards has one; where there is one shard it has both.</summary>
[Flags]
internal enum PrometheusTargets
{
    None = 0,
    Even = 1,
    Odd = 2,
    Both = Even | Odd,
}
