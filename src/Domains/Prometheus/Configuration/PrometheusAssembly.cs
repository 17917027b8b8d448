using System.Collections.Immutable;
using System.Text;
using GitOpsOperator.Domains.Prometheus.Checking;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Live.Access;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// From what git says to the files that pods read: selects, has promtool read every rule by itself, so that a bad one keeps nothing else
/// out, renders with the values that the cluster has, and has promtool read the whole.
/// </summary>
/// <param name="referenced">Null where there is no cluster to look into: then every value that is named counts as there.</param>
/// <param name="cluster">Monitors, rules and namespaces' labels beside git; null where there is no cluster to look into.</param>
public sealed class PrometheusAssembly(PromtoolCheck promtool, IReferencedObjects? referenced, ISelectableObjects? cluster = null)
{
    private const string RuleFolder = "/etc/prometheus/rules";

    /// <param name="shards">How many are to have a configuration: those that scrape and those that are only kept.</param>
    public async Task<RenderedFiles> RenderAsync(PrometheusDocument document, int shards, CancellationToken cancellationToken)
    {
        var prometheus = document.Prometheus;
        var candidates = SelectionCandidates.Of(document, cluster);
        var judged = candidates
            .Objects.Select(item =>
                (Item: item, Verdict: MonitorSelection.Evaluate(prometheus, item, candidates.LabelsOf(item.Key.Namespace)))
            )
            .ToList();
        var input = SelectedObjects.InputOf(prometheus, [.. judged.Where(entry => entry.Verdict.IsSelected).Select(entry => entry.Item)]);
        var (files, bad) = await RulesAsync(
            input,
            judged.Where(entry => entry.Verdict.IsSelected).Select(entry => entry.Item),
            cancellationToken
        );
        var selection = judged
            .Select(entry =>
                Selected(
                    entry.Item,
                    candidates.PlaceOf(entry.Item),
                    bad.TryGetValue(entry.Item, out var fault) ? new(false, fault) : entry.Verdict
                )
            )
            .ToImmutableArray();
        ImmutableArray<string> notes =
        [
            .. bad.Select(entry =>
                $"{(candidates.IsOfCluster(entry.Key) ? candidates.PlaceOf(entry.Key) : entry.Key.Location)}: {entry.Key.Kind} "
                + $"{entry.Key.Key.Namespace}/{entry.Key.Key.Name} is left out: {entry.Value}"
            ),
            .. document.BrokenObjects.Select(key =>
                $"{key.Domain} {key.Namespace}/{key.Name} cannot be read in git; what was known of it before stays in force"
            ),
            .. candidates.NotesOn(judged.Where(entry => entry.Verdict.IsSelected).Select(entry => entry.Item.Key).ToHashSet()),
            .. promtool.Reader(input.Version) is null
                ? new[] { $"there is no promtool of version {input.Version.Major}, so nothing is checked before Prometheus gets it" }
                : [],
        ];

        var hasRules = prometheus.Spec["ruleSelector"].Exists;
        if (RuleFile.Distribute(files) is not { } rules)
        {
            return new(
                null,
                $"the rules need more than {PrometheusLimits.RuleMaps} ConfigMaps of {PrometheusLimits.RuleMapBytes >> 10} KiB; "
                    + "select fewer",
                selection,
                notes
            );
        }

        rules = hasRules ? rules : [];
        var names = new PrometheusNames(document.Key);
        var rendering = await RenderingWithValues.OfAsync(
            input with
            {
                RuleFolders = [.. rules.Select((_, index) => names.Rules(index))],
            },
            referenced,
            cancellationToken
        );
        selection =
        [
            .. selection.Select(item =>
                rendering.LeftOut.TryGetValue(item.Name, out var reason) ? item with { IsIn = false, Reason = reason } : item
            ),
        ];
        notes =
        [
            .. notes,
            .. selection
                .Where(item => rendering.LeftOut.ContainsKey(item.Name))
                .Select(item => $"{item.Place}: {item.Name} is left out: {item.Reason}"),
        ];
        if (rendering.Missing is { } missing)
        {
            return new(null, missing, selection, notes);
        }

        var (rendered, assets) = (rendering.Result, rendering.Assets);
        notes = notes.AddRange(rendered.Notes.Where(note => !note.Refuses).Select(note => $"{note.Job}: {note.Message}"));
        if (rendered.Configuration is not { } configuration)
        {
            return new(
                null,
                string.Join("; ", rendered.Notes.Where(note => note.Refuses).Select(note => $"{note.Job}: {note.Message}")),
                selection,
                notes
            );
        }

        var texts = Enumerable.Range(0, shards).Select(shard => Mark(configuration, shard, input.Spec, assets)).ToImmutableArray();
        var size = Encoding.UTF8.GetByteCount(texts[0].Text) + assets.Sum(asset => (long)Encoding.UTF8.GetByteCount(asset.Value));
        var refusal =
            size > PrometheusLimits.ConfigurationBytes
                ? $"the configuration with its certificates is larger than {PrometheusLimits.ConfigurationBytes >> 10} KiB, which a "
                    + "Secret cannot hold; select fewer monitors"
            : await promtool.ConfigurationAsync(input.Version, texts[0].Text, cancellationToken) is { } fault
                ? $"promtool refuses the configuration: {ConfigurationSecrets.MaskIn(fault, texts[0].Text)}"
            : null;
        var shown = rendering.Shown is null ? null : ShardConfiguration.TextOf(rendering.Shown, 0);
        return new(refusal is null ? new(texts, rules) { Shown = shown } : null, refusal, selection, notes);
    }

    private async Task<(ImmutableSortedDictionary<string, string> Files, Dictionary<MonitoringDocument, string> Bad)> RulesAsync(
        RenderingInput input,
        IEnumerable<MonitoringDocument> selected,
        CancellationToken cancellationToken
    )
    {
        var checks = selected
            .Where(item => item.Kind == MonitoringKind.PrometheusRule.Name)
            .Select(async rule =>
                (
                    Rule: rule,
                    Text: RuleFile.TextOf(rule),
                    Fault: await promtool.RulesAsync(input.Version, RuleFile.TextOf(rule), cancellationToken)
                )
            );
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var bad = new Dictionary<MonitoringDocument, string>();
        foreach (var (rule, text, fault) in await Task.WhenAll(checks))
        {
            if (fault is null)
            {
                files[RuleFile.NameOf(rule)] = text;
            }
            else
            {
                bad[rule] = $"promtool refuses it: {fault}";
            }
        }

        return (files.ToImmutable(), bad);
    }

    /// <summary>A shard that there is to be no more is kept for its history, and scrapes nothing.</summary>
    private static MarkedText Mark(ConfigMapping configuration, int shard, SpecNode spec, ImmutableSortedDictionary<string, string> assets)
    {
        var scraping = (int)Math.Max(1, spec["shards"].WholeNumber ?? 1);
        var isKept = shard >= scraping;
        var mapping = ShardConfiguration.Of(configuration, shard);
        mapping = isKept ? mapping.Without("scrape_configs") : mapping;

        var digest = Digests.Of(assets.SelectMany(asset => new[] { asset.Key, asset.Value }).Prepend(ConfigWriter.Write(mapping)));
        var marker = $"{RuleFolder}/{PrometheusMarkers.Configuration(digest, isKept ? 0 : scraping)}/*.yaml";
        if (mapping["rule_files"] is ConfigSequence folders)
        {
            folders.Add(marker);
        }
        else
        {
            mapping.Add("rule_files", ConfigSequence.OfTexts([marker]));
        }

        return new(digest, ConfigWriter.Write(mapping)) { Assets = assets };
    }

    private static SelectedObject Selected(MonitoringDocument item, string place, SelectionResult verdict) =>
        new($"{item.Kind} {item.Key.Namespace}/{item.Key.Name}", place, verdict.IsSelected, verdict.Reason);
}
