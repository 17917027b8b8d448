using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Specs.Reading;

/// <summary>Reads <c>metadata</c>, and tells which cluster even a broken document is about.</summary>
public static partial class MetadataReader
{
    public const string DefaultNamespace = "default";

    private const int MaxNamespaceLength = 63;
    private const int AnnotationBytes = 256 * 1024;
    private const string ReservedPrefix = "gitops-operator.dev/";
    private const string NamespaceAllowed =
        "a namespace is 1 to 63 lower-case letters, digits and hyphens, starts and ends with a letter or digit";

    /// <summary>
    /// The cluster that the document means, or null where that is open: then nobody may conclude anything from a cluster's absence.
    /// </summary>
    public static ClusterKey? Subject(YamlMapping root, DocumentKind kind)
    {
        if (
            root["metadata"] is not YamlMapping metadata
            || root.Ambiguous.Overlaps(["apiVersion", "kind", "metadata"])
            || metadata.Ambiguous.Overlaps(["name", "namespace"])
        )
        {
            return null;
        }

        // Without the end of metadata a namespace might have followed.
        var space = metadata["namespace"] switch
        {
            null or YamlScalar { Type: ScalarType.Null } => metadata.IsWhole ? DefaultNamespace : null,
            YamlScalar scalar when IsSure(scalar) && IsNamespace(scalar.Text) => scalar.Text,
            _ => null,
        };
        return space is not null && IsSure(metadata["name"]) && metadata["name"] is YamlScalar name && kind.MetadataStyle.IsName(name.Text)
            ? new(kind.Domain, space, name.Text)
            : null;
    }

    public static Metadata? Read(Fields document, DocumentKind kind, string blobId)
    {
        var style = kind.MetadataStyle;
        if (document.Nested("metadata", "give a mapping with a name") is not { } metadata)
        {
            if (!document.Has("metadata"))
            {
                document.Missing("metadata", $"give the {style.Noun} a name under it");
            }

            return null;
        }

        var name = metadata.Text("name", style.NameAllowed);
        if (name is not null && !style.IsName(name))
        {
            metadata.Error("name", $"{Shown.Quoted(name)} is no name of a {style.Noun}; {style.NameAllowed}", DocumentRules.Name);
        }
        else if (metadata.Mapping["name"] is null)
        {
            metadata.Missing("name", style.NameAllowed);
        }

        var space = metadata.Text("namespace", NamespaceAllowed);
        if (space is not null && !IsNamespace(space))
        {
            metadata.Error("namespace", $"{Shown.Quoted(space)} is no namespace; {NamespaceAllowed}", DocumentRules.Namespace);
        }

        var labels = Pairs(metadata, "labels", CheckLabel);
        var annotations = Pairs(metadata, "annotations", (fields, key, value) => CheckAnnotation(fields, key, value, style.OwnAnnotations));
        var size = annotations.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));
        if (size > AnnotationBytes)
        {
            metadata.Error("annotations", $"hold {size} bytes; at most {AnnotationBytes} fit", DocumentRules.Annotation);
        }

        metadata.Ignore(style.IgnoredFields);
        metadata.Close();
        return name is null || !style.IsName(name)
            ? null
            : new(new(kind.Domain, space ?? DefaultNamespace, name), document.Location, blobId, labels, annotations);
    }

    private static ImmutableSortedDictionary<string, string> Pairs(Fields metadata, string field, Action<Fields, YamlScalar, string> check)
    {
        var pairs = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (metadata.Nested(field, "give a mapping of keys to text") is { } nested)
        {
            foreach (var (key, node) in nested.Mapping.Entries)
            {
                if (nested.TextOf(node, nested.PathOf(key.Text), "give text") is { } value)
                {
                    check(nested, key, value);
                    pairs[key.Text] = value;
                }
            }
        }

        return pairs.ToImmutable();
    }

    private static void CheckLabel(Fields labels, YamlScalar key, string value)
    {
        CheckKey(labels, key, DocumentRules.Label);
        if (!LabelValue().IsMatch(value))
        {
            labels.Error(
                key.Text,
                $"{Shown.Quoted(value)} is no value of a label; at most 63 letters, digits, '-', '_' and '.', a letter or digit "
                    + "at both ends",
                DocumentRules.Label
            );
        }
    }

    private static void CheckAnnotation(
        Fields annotations,
        YamlScalar key,
        string value,
        ImmutableSortedDictionary<string, ImmutableArray<string>> own
    )
    {
        switch (key.Text)
        {
            case ClusterDocument.ApprovalAnnotation or ClusterDocument.TombstoneAnnotation:
                break;
            case ClusterDocument.RolloutPolicyAnnotation:
                if (value is not (nameof(RolloutPolicy.OnChange) or nameof(RolloutPolicy.Always)))
                {
                    annotations.Error(key.Text, $"{Shown.Quoted(value)} is no policy; give OnChange or Always", DocumentRules.Annotation);
                }

                break;
            case var name when own.TryGetValue(name, out var allowed):
                if (!allowed.Contains(value))
                {
                    annotations.Error(
                        key.Text,
                        $"{Shown.Quoted(value)} is not taken; give {string.Join(" or ", allowed)}",
                        DocumentRules.Annotation
                    );
                }

                break;
            default:
                CheckKey(annotations, key, DocumentRules.Annotation);
                break;
        }
    }

    private static void CheckKey(Fields pairs, YamlScalar key, Rule rule)
    {
        if (key.Text.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            pairs.Findings.Error(
                key.Location,
                pairs.PathOf(key.Text),
                $"{ReservedPrefix} is the operator's own; choose another prefix",
                DocumentRules.ReservedKey
            );
        }
        else if (!QualifiedName().IsMatch(key.Text))
        {
            pairs.Findings.Error(
                key.Location,
                pairs.PathOf(key.Text),
                "no valid key; at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends, with a domain and "
                    + "'/' before it if wanted",
                rule
            );
        }
    }

    private static bool IsSure(YamlNode? node) =>
        node is YamlScalar { Type: ScalarType.Text } text && !(text.Plain && CoreSchema.IsAmbiguous(text.Text));

    private static bool IsNamespace(string text) => text.Length <= MaxNamespaceLength && DnsLabel().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"\A(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelValue();

    [GeneratedRegex(
        @"\A(?:(?=[^/]{1,253}"
            + @"/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,"
            + @"61}[A-Za-z0-9])?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex QualifiedName();
}
