using System.Collections.Immutable;
using DiffPlex.Renderer;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// How the text of one configuration differs from another's, job by job, section by section and file of rules by file. It is of the texts
/// that people may see, and what looks like a secret is hidden in them, too: somebody may have written one into a document.
/// </summary>
internal static class ConfigurationDiff
{
    private const string Jobs = "scrape_configs";
    private const string JobName = "job_name";
    private const int ContextLines = 3;

    /// <summary>Nothing of the configuration where either is not known.</summary>
    public static ImmutableArray<TextDiff> Between(PrometheusFiles was, PrometheusFiles becomes) =>
        [
            .. was.Shown != becomes.Shown && Sections(was) is { } before && Sections(becomes) is { } after ? Between(before, after) : [],
            .. Between(Rules(was), Rules(becomes)),
        ];

    private static ImmutableArray<TextDiff> Between(OrderedDictionary<string, string> before, OrderedDictionary<string, string> after) =>
        [
            .. after
                .Keys.Concat(before.Keys)
                .Distinct()
                .Select(title => (Title: title, Was: before.GetValueOrDefault(title, ""), Becomes: after.GetValueOrDefault(title, "")))
                .Where(section => section.Was != section.Becomes)
                .Select(section => new TextDiff(section.Title, Lines(section.Was, section.Becomes))),
        ];

    /// <summary>Each file of rules by its name; promtool has read those of either side, so they can be read here.</summary>
    private static OrderedDictionary<string, string> Rules(PrometheusFiles files) =>
        new(
            ConfigurationChanges
                .RuleFiles(files)
                .Select(file =>
                    KeyValuePair.Create($"rules {file.Key}", ConfigReader.Read(file.Value) is ConfigMapping rules ? Write(rules) : "")
                )
        );

    /// <summary>Each job and each other section by its name, as text; null where it cannot be read.</summary>
    private static OrderedDictionary<string, string>? Sections(PrometheusFiles files)
    {
        if (files.Shown is null || ConfigReader.Read(files.Shown) is not ConfigMapping configuration)
        {
            return null;
        }

        var sections = new OrderedDictionary<string, string>();
        foreach (var (key, value) in configuration)
        {
            if (key == Jobs && value is ConfigSequence jobs)
            {
                foreach (var job in jobs.OfType<ConfigMapping>())
                {
                    sections[$"job {(job[JobName] as ConfigScalar)?.Text}"] = Write(job);
                }
            }
            else
            {
                sections[key] = Write(new ConfigMapping { { key, value } });
            }
        }

        return sections;
    }

    private static string Write(ConfigMapping section) => ConfigWriter.Write((ConfigMapping)ConfigurationSecrets.Mask(section));

    private static ImmutableArray<string> Lines(string was, string becomes) =>
        (was, becomes) switch
        {
            ("", _) => [.. SplitLines(becomes).Select(line => "+" + line)],
            (_, "") => [.. SplitLines(was).Select(line => "-" + line)],

            // The two lines ahead name files, of which there are none.
            _ =>
            [
                .. SplitLines(UnidiffRenderer.GenerateUnidiff(was, becomes, contextLines: ContextLines))
                    .Skip(2)
                    .Where(line => line.Length > 0),
            ],
        };

    private static string[] SplitLines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
