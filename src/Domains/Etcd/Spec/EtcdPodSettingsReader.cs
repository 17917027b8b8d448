using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GitOpsOperator.Specs.Kubernetes;
using GitOpsOperator.Specs.Reading;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary>Reads the fields of <see cref="EtcdPodSettings"/>, each checked field by field against Kubernetes' own.</summary>
internal static class EtcdPodSettingsReader
{
    private static readonly FieldType AnyText = new FieldType.Text([]);

    private static readonly ImmutableArray<(string Name, FieldType Type)> SpecFields =
    [
        ("nodeSelector", new FieldType.MapOf(AnyText)),
        ("affinity", new FieldType.Structure("Affinity")),
        ("tolerations", new FieldType.ListOf(new FieldType.Structure("Toleration"))),
        ("topologySpreadConstraints", new FieldType.ListOf(new FieldType.Structure("TopologySpreadConstraint"))),
        ("priorityClassName", AnyText),
        ("imagePullSecrets", new FieldType.ListOf(new FieldType.Structure("ImagePullSecret"))),
    ];

    /// <summary>What this operator finds its objects by, and what it sets itself.</summary>
    private static readonly ImmutableArray<string> OwnPrefixes = ["gitops-operator.dev/", "app.kubernetes.io/"];

    public static EtcdPodSettings Read(Fields spec)
    {
        spec.Ignore(SpecFields.Select(field => field.Name).Append("podLabels").Append("podAnnotations"));
        return new(Json(spec, SpecFields), Metadata(spec, "podLabels"), Metadata(spec, "podAnnotations"));
    }

    private static string Json(Fields spec, ImmutableArray<(string Name, FieldType Type)> fields)
    {
        var reader = new SpecReader(spec.Findings, FieldTable.Kubernetes);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, type) in fields.Where(field => spec.Has(field.Name)))
            {
                json.WritePropertyName(name);
                reader.Write(json, spec.Mapping[name]!, type, spec.PathOf(name));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Metadata(Fields spec, string name)
    {
        if (spec.Mapping[name] is not YamlMapping mapping)
        {
            _ = Json(spec, [(name, new FieldType.MapOf(AnyText))]);
            return EtcdPodSettings.Nothing;
        }

        foreach (var key in mapping.Entries.Select(entry => entry.Key))
        {
            if (OwnPrefixes.FirstOrDefault(prefix => key.Text.StartsWith(prefix, StringComparison.Ordinal)) is { } own)
            {
                spec.Findings.Error(
                    key.Location,
                    FindingList.Below(spec.PathOf(name), key.Text),
                    $"is set by this operator itself; give a name outside {own}",
                    EtcdRules.PodMetadata
                );
            }
        }

        using var read = JsonDocument.Parse(Json(spec, [(name, new FieldType.MapOf(AnyText))]));
        return read.RootElement.GetProperty(name).GetRawText();
    }
}
