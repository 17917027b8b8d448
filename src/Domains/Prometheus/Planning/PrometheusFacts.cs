using System.Collections.Immutable;
using System.Globalization;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Recording;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// What a pass over a Prometheus saw, as it is recorded, and what the model knows to come of it. Its documents and configurations are left
/// out: they are large, and may hold secrets.
/// </summary>
/// <param name="Seen">What is there, by name; what is not there has no entry.</param>
/// <param name="Possible">
/// Of each name what may be seen next: what is there, what is there after the step that was decided, and what becomes of either by itself.
/// </param>
public sealed record PrometheusFacts(
    ImmutableSortedDictionary<string, string> Seen,
    ImmutableSortedDictionary<string, ImmutableSortedSet<string>> Possible
)
{
    // A world that is left alone comes to rest within so many rounds.
    private const int Rounds = 100;

    internal static PrometheusFacts Of(PrometheusDesired desired, PrometheusLive live, Decision<PrometheusStep> decision)
    {
        var model = new PrometheusModel(desired, PrometheusHashes.Rendered);
        List<PrometheusLive> starts = decision is Decision<PrometheusStep>.Act { Step: var step }
            ? [live, model.Apply(live, step)]
            : [live];
        var possible = starts.SelectMany(start => PassParts.AndAfter(start, model.Advance, Rounds)).Select(Parts).ToList();
        var names = possible.SelectMany(parts => parts.Keys).Distinct();
        return new(
            Parts(live),
            names.ToImmutableSortedDictionary(
                name => name,
                name =>
                    possible.Select(parts => parts.GetValueOrDefault(name, PassParts.Nothing)).ToImmutableSortedSet(StringComparer.Ordinal),
                StringComparer.Ordinal
            )
        );
    }

    private static ImmutableSortedDictionary<string, string> Parts(PrometheusLive live)
    {
        var parts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Add("Service", live.ServiceHash);
        Add(
            "rules",
            live.RuleDigests.Any(digest => digest is not null) ? string.Join(' ', live.RuleDigests.Select(digest => digest ?? "-")) : null
        );
        Add("confirmed", live.Confirmed?.Digest);
        Add("rejected", live.Rejected?.Digest);
        Add("reached", live.Reached);
        Add("held", live.Held is null ? null : "a change");
        Add("approval", live.Approval == ApprovalLive.None ? null : live.Approval.Write());
        foreach (var shard in live.Shards)
        {
            Add($"{shard.Index} configuration", shard.ConfigurationDigest);
            Add(
                $"{shard.Index} StatefulSet",
                shard.Set is { } set
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{(set.Terminating ? PassParts.Going : "")}{set.Replicas} of {set.TemplateHash} {set.Hash}"
                    )
                    : null
            );
            foreach (var replica in shard.Replicas)
            {
                Add($"{shard.Index}-{replica.Ordinal} pod", $"{(replica.Terminating ? PassParts.Going : "")}{replica.TemplateHash}");

                // A distribution's own build says so behind a plus.
                Add(
                    $"{shard.Index}-{replica.Ordinal} answers",
                    replica.Server is { } server ? $"{server.Version.Split('+')[0]} with {server.ConfigurationDigest}" : null
                );
            }

            // Whose claims they are is known by the StatefulSet alone.
            foreach (var claim in shard.Set is null ? [] : shard.Claims)
            {
                Add(string.Create(CultureInfo.InvariantCulture, $"{shard.Index}-{claim.Ordinal} claim"), claim.Size.ToString());
            }
        }

        return parts.ToImmutable();

        void Add(string part, string? value)
        {
            if (value is not null)
            {
                parts[part] = value;
            }
        }
    }
}
