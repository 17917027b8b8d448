using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

/// <summary>
/// A case of prometheus-operator's own tests: documents in NAME.input.json, the configuration that it renders for them in
/// NAME.expected.yml. The folder belongs to no repository; it is found by GOLDEN_DIR, or as <c>shared/golden</c> beside or above the
/// checkout.
/// </summary>
internal static class UpstreamCase
{
    public static string? Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("GOLDEN_DIR") is { Length: > 0 } given)
            {
                return Directory.Exists(given)
                    ? given
                    : throw new InvalidOperationException($"GOLDEN_DIR names {given}, which is no folder");
            }

            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (Path.Combine(folder.FullName, "shared", "golden") is var candidate && Directory.Exists(candidate))
                {
                    return candidate;
                }
            }

            return null;
        }
    }

    public static RenderingInput Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = document.RootElement;
        var (prometheus, options) = (root.GetProperty("prometheus"), root.GetProperty("options"));
        return new()
        {
            Namespace = Metadata(prometheus, "namespace"),
            Name = Metadata(prometheus, "name"),
            Spec = new(prometheus.GetProperty("spec").Clone()),
            Version = PrometheusVersion.Parse(options.GetProperty("version").GetString()!),
            ServiceMonitors = Objects(root, "serviceMonitors"),
            PodMonitors = Objects(root, "podMonitors"),
            Probes = Objects(root, "probes"),
            ScrapeConfigs = Objects(root, "scrapeConfigs"),
            Values = Values(root),
            RuleFolders = Texts(root, "ruleConfigMapNames"),
            AdditionalScrapeConfigs = Text(root, "additionalScrapeConfigs"),
            AdditionalAlertRelabelConfigs = Text(root, "additionalAlertRelabelConfigs"),
            AdditionalAlertManagerConfigs = Text(root, "additionalAlertManagerConfigs"),
            Options = new()
            {
                EndpointSlices = Flag(options, "endpointSliceSupported"),
                IgnoreVersions = Flag(options, "bypassVersionCheck"),
                InlineTls = Flag(options, "inlineTLSConfig"),
            },
        };
    }

    private static ImmutableSortedDictionary<string, MonitorObject> Objects(JsonElement root, string field)
    {
        var objects = MonitorObject.None.ToBuilder();
        if (root.TryGetProperty(field, out var map) && map.ValueKind == JsonValueKind.Object)
        {
            foreach (var item in map.EnumerateObject())
            {
                objects.Add(
                    item.Name,
                    new(Metadata(item.Value, "namespace"), Metadata(item.Value, "name"), new(item.Value.GetProperty("spec").Clone()))
                );
            }
        }

        return objects.ToImmutable();
    }

    /// <summary>
    /// Nothing tells a Secret from a ConfigMap but that a Secret's data is in base64. One that could be either serves as both: a field asks
    /// for the one it means.
    /// </summary>
    private static ReferencedValues Values(JsonElement root)
    {
        var values = ImmutableDictionary.CreateBuilder<ValueReference, string>();
        if (root.TryGetProperty("store", out var store) && store.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in store.EnumerateArray().Where(item => item.TryGetProperty("data", out _)))
            {
                foreach (var entry in item.GetProperty("data").EnumerateObject())
                {
                    var reference = new ValueReference(IsSecret: false, Metadata(item, "namespace"), Metadata(item, "name"), entry.Name);
                    var value = entry.Value.GetString()!;
                    values.TryAdd(reference, value);
                    if (Base64.IsValid(value))
                    {
                        values[reference with { IsSecret = true }] = Encoding.UTF8.GetString(Convert.FromBase64String(value));
                    }
                }
            }
        }

        return new(values.ToImmutable());
    }

    private static string Metadata(JsonElement item, string field) =>
        item.GetProperty("metadata").TryGetProperty(field, out var value) ? value.GetString()! : "";

    private static string? Text(JsonElement root, string field) =>
        root.TryGetProperty(field, out var value) && value.GetString() is { Length: > 0 } text ? text : null;

    private static bool Flag(JsonElement options, string field) => options.TryGetProperty(field, out var value) && value.GetBoolean();

    private static ImmutableArray<string> Texts(JsonElement root, string field) =>
        root.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : [];
}
