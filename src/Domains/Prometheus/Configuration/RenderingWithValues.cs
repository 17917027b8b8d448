using System.Collections.Immutable;
using System.Net;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Reconcile.Writing;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// A rendering with the values that Secrets and ConfigMaps of the cluster have for it. A monitor of which one is missing is left out, as
/// upstream does; where the Prometheus itself names one that is missing, there is no configuration.
/// </summary>
/// <param name="Shown">The same for people to see, without anything that is from a Secret.</param>
/// <param name="Assets">The files beside the configuration, by name.</param>
/// <param name="LeftOut">Why, by <c>Kind namespace/name</c>.</param>
/// <param name="Missing">What is missing that there is no doing without; null where nothing is.</param>
internal sealed record RenderingWithValues(
    RenderingResult Result,
    ConfigMapping? Shown,
    ImmutableSortedDictionary<string, string> Assets,
    ImmutableDictionary<string, string> LeftOut,
    string? Missing
)
{
    private const int MaxAtOnce = 8;

    /// <exception cref="KubernetesCallException">The API server refused to say what something holds.</exception>
    public static async Task<RenderingWithValues> OfAsync(
        RenderingInput input,
        IReferencedObjects? referenced,
        CancellationToken cancellationToken
    )
    {
        ImmutableArray<Fragment> fragments = [.. Fragment.Fields.Select(field => Fragment.Of(input, field)).OfType<Fragment>()];
        var bare = PrometheusConfiguration.Render(input with { Values = ReferencedValues.Assumed });
        ImmutableArray<ValueUse> uses = [.. bare.Uses, .. fragments.Select(fragment => fragment.Use)];
        if (referenced is null || uses.IsEmpty)
        {
            return new(
                bare,
                bare.Configuration,
                ImmutableSortedDictionary<string, string>.Empty,
                ImmutableDictionary<string, string>.Empty,
                null
            );
        }

        var (values, forbidden) = await ReadAsync(uses, referenced, cancellationToken);
        var missing = uses.Where(use =>
                values.Find(use.Reference) is null && !fragments.Any(fragment => fragment.IsOptional && fragment.Use == use)
            )
            .ToList();
        var leftOut = ImmutableDictionary.CreateBuilder<string, string>();
        var whole = new List<string>();
        foreach (var use in missing.DistinctBy(use => (use.Job, use.Reference)))
        {
            var reason = $"{use.Reference} {(forbidden.Contains(use.Reference) ? "may not be read by this operator" : "is missing")}";
            if (MonitorOf(use.Job) is { } monitor)
            {
                leftOut[monitor] = leftOut.TryGetValue(monitor, out var reasons) ? $"{reasons}; {reason}" : reason;
            }
            else
            {
                whole.Add($"{use.Job}: {reason}");
            }
        }

        var without = input with
        {
            ServiceMonitors = Without(input.ServiceMonitors, MonitoringKind.ServiceMonitor, leftOut),
            PodMonitors = Without(input.PodMonitors, MonitoringKind.PodMonitor, leftOut),
            Probes = Without(input.Probes, MonitoringKind.Probe, leftOut),
            ScrapeConfigs = Without(input.ScrapeConfigs, MonitoringKind.ScrapeConfig, leftOut),
        };
        var result = PrometheusConfiguration.Render(
            without with
            {
                Values = values,
                AdditionalScrapeConfigs = Text("additionalScrapeConfigs"),
                AdditionalAlertRelabelConfigs = Text("additionalAlertRelabelConfigs"),
                AdditionalAlertManagerConfigs = Text("additionalAlertManagerConfigs"),
            }
        );
        var shown = PrometheusConfiguration.Render(without with { Values = values.Masked() }).Configuration;
        return new(result, shown, Files(result.Uses, values), leftOut.ToImmutable(), whole.Count == 0 ? null : string.Join("; ", whole));

        string? Text(string field) =>
            fragments.FirstOrDefault(fragment => fragment.Use.Job == field) is { } fragment ? values.Find(fragment.Use.Reference) : null;
    }

    private static ImmutableSortedDictionary<string, string> Files(IEnumerable<ValueUse> uses, ReferencedValues values) =>
        uses.Where(use => use.File is not null)
            .DistinctBy(use => use.File)
            .Select(use => (use.File, Value: values.Find(use.Reference)))
            .Where(file => file.Value is not null)
            .ToImmutableSortedDictionary(file => file.File!, file => file.Value!, StringComparer.Ordinal);

    private static async Task<(ReferencedValues Values, HashSet<ValueReference> Forbidden)> ReadAsync(
        ImmutableArray<ValueUse> uses,
        IReferencedObjects referenced,
        CancellationToken cancellationToken
    )
    {
        var byObject = uses.Select(use => use.Reference)
            .Distinct()
            .ToLookup(reference => new ReferencedObject(reference.IsSecret, reference.Namespace, reference.Name));
        var values = ImmutableDictionary.CreateBuilder<ValueReference, string>();
        var forbidden = new HashSet<ValueReference>();
        foreach (var some in byObject.Chunk(MaxAtOnce))
        {
            var read = await Task.WhenAll(
                some.Select(async group => (group, Object: await ReadAsync(group.Key, referenced, cancellationToken)))
            );
            foreach (var (group, (entries, isForbidden)) in read)
            {
                foreach (var reference in group)
                {
                    if (isForbidden)
                    {
                        forbidden.Add(reference);
                    }
                    else if (entries is not null && entries.TryGetValue(reference.Key, out var value))
                    {
                        values[reference] = value;
                    }
                }
            }
        }

        return (new(values.ToImmutable()), forbidden);
    }

    /// <summary>
    /// What the operator was not given the right to read is for somebody to grant, and no reason to stop looking after the rest.
    /// </summary>
    private static async Task<(IReadOnlyDictionary<string, string>? Entries, bool IsForbidden)> ReadAsync(
        ReferencedObject reference,
        IReferencedObjects referenced,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (await referenced.ReadAsync(reference, cancellationToken), false);
        }
        catch (KubernetesCallException refused) when (refused.StatusCode == HttpStatusCode.Forbidden)
        {
            return (null, true);
        }
    }

    /// <summary>The monitor that a job is of, as <c>Kind namespace/name</c>; null where it is a section of the whole.</summary>
    private static string? MonitorOf(string job) =>
        job.Split('/') switch
        {
            ["serviceMonitor", var space, var name, ..] => $"{MonitoringKind.ServiceMonitor.Name} {space}/{name}",
            ["podMonitor", var space, var name, ..] => $"{MonitoringKind.PodMonitor.Name} {space}/{name}",
            ["probe", var space, var name, ..] => $"{MonitoringKind.Probe.Name} {space}/{name}",
            ["scrapeConfig", var space, var name, ..] => $"{MonitoringKind.ScrapeConfig.Name} {space}/{name}",
            _ => null,
        };

    private static ImmutableSortedDictionary<string, MonitorObject> Without(
        ImmutableSortedDictionary<string, MonitorObject> monitors,
        MonitoringKind kind,
        ImmutableDictionary<string, string>.Builder leftOut
    ) => monitors.RemoveRange(monitors.Keys.Where(monitor => leftOut.ContainsKey($"{kind.Name} {monitor}")));

    /// <summary>A part of the configuration in Prometheus' own words, in a Secret.</summary>
    private sealed record Fragment(ValueUse Use, bool IsOptional)
    {
        public static readonly ImmutableArray<string> Fields =
        [
            "additionalScrapeConfigs",
            "additionalAlertRelabelConfigs",
            "additionalAlertManagerConfigs",
        ];

        public static Fragment? Of(RenderingInput input, string field) =>
            input.Spec[field] is { Exists: true } selector
                ? new(
                    new(field, new(IsSecret: true, input.Namespace, selector["name"].Text ?? "", selector["key"].Text ?? ""), null),
                    selector["optional"].Boolean == true
                )
                : null;
    }
}
