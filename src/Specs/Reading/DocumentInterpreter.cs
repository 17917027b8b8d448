using System.Collections.Immutable;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Specs.Reading;

/// <summary>Finds the kind that a document names and has it read.</summary>
public sealed class DocumentInterpreter(ImmutableArray<DocumentKind> kinds)
{
    private static bool IsOurs(string apiVersion) => GroupOf(apiVersion) == DocumentKind.Group;

    /// <summary>A slip in the group's name would otherwise make a cluster disappear from git without a word.</summary>
    private static bool LooksLikeOurs(string apiVersion) =>
        GroupOf(apiVersion) is { Length: < 40 } group
        && group != DocumentKind.Group
        && NearestName.Distance(group.ToLowerInvariant(), DocumentKind.Group) <= 2;

    /// <summary>
    /// Nothing to do with us, as far as was read. In a group of another project only the kinds that are registered concern us.
    /// </summary>
    public bool IsForeign(YamlMapping root)
    {
        if (root["apiVersion"] is not YamlScalar version || IsOurs(version.Text) || LooksLikeOurs(version.Text))
        {
            return false;
        }

        var ofGroup = kinds.Where(kind => kind.ApiGroup == GroupOf(version.Text)).ToArray();
        return ofGroup.Length == 0 || (root["kind"] is YamlScalar name && ofGroup.All(kind => kind.Name != name.Text));
    }

    public ReadDocument Read(YamlDocument yaml, SourceLocation partStart, string blobId)
    {
        if (yaml.Root is not YamlMapping root)
        {
            if (!yaml.Findings.HasErrors)
            {
                yaml.Findings.Warn(
                    yaml.Root!.Location,
                    "",
                    $"is {yaml.Root.Description}, not a document of Kubernetes; left alone",
                    DocumentRules.NotADocument
                );
            }

            return new(null, yaml.Root?.Location ?? partStart, null);
        }

        var document = new Fields(root, "", yaml.Findings);
        var kind = FindKind(document, yaml.Findings);
        if (kind is null)
        {
            return new(null, root.Location, null);
        }

        var key = MetadataReader.Subject(root, kind);
        var valid = root.IsWhole ? ReadWhole(document, kind, blobId) : null;
        return new(key, root.Location, yaml.Findings.HasErrors ? null : valid);
    }

    private static ClusterDocument? ReadWhole(Fields document, DocumentKind kind, string blobId)
    {
        var metadata = MetadataReader.Read(document, kind, blobId);
        ClusterDocument? read = null;
        if (document.Nested("spec", "give a mapping that says what the cluster shall be") is { } spec)
        {
            read = kind.Read(metadata, spec);
        }
        else if (!document.Has("spec"))
        {
            document.Missing("spec", $"say under it what the {kind.MetadataStyle.Noun} shall be");
        }

        document.Ignore(kind.MetadataStyle.IgnoredRootFields);
        document.Close();
        return read is null ? null : read with { Fields = DocumentFields.Of(document.Mapping) };
    }

    private DocumentKind? FindKind(Fields document, FindingList findings)
    {
        var whole = document.Mapping.IsWhole;
        var kindNames = kinds.Select(kind => kind.Name).ToArray();
        var kindName = (document.Mapping["kind"] as YamlScalar)?.Text;
        if (document.Mapping["apiVersion"] is null && whole && !MeansOurs(document.Mapping, kindNames, kindName))
        {
            if (!findings.HasErrors)
            {
                findings.Warn(
                    document.Location,
                    "",
                    "names no apiVersion, so it is no document of Kubernetes; left alone",
                    DocumentRules.NotADocument
                );
            }

            return null;
        }

        var allowedVersion = $"write {(kinds.FirstOrDefault(kind => kind.Name == kindName) ?? kinds[0]).ApiVersion}";
        var apiVersion = document.Text("apiVersion", allowedVersion);
        var group = apiVersion is null ? null : GroupOf(apiVersion);
        var ofGroup = kinds.Where(kind => kind.ApiGroup == group).ToArray();
        kindNames = ofGroup.Length == 0 ? kindNames : [.. ofGroup.Select(kind => kind.Name)];
        kindName = document.Text("kind", $"write one of {string.Join(", ", kindNames)}");
        if (!whole)
        {
            return apiVersion is not null && kindName is not null
                ? kinds.FirstOrDefault(kind => kind.ApiVersion == apiVersion && kind.Name == kindName)
                : null;
        }

        if (apiVersion is null && !document.Has("apiVersion"))
        {
            document.Missing("apiVersion", allowedVersion);
            if (NearMisspelling(document.Mapping, "apiVersion") is { } meant)
            {
                document.Findings.Error(
                    meant.Key.Location,
                    document.PathOf(meant.Key.Text),
                    "unknown field; did you mean \"apiVersion\"?",
                    DocumentRules.UnknownField
                );
            }

            return null;
        }

        if (apiVersion is not null && LooksLikeOurs(apiVersion))
        {
            document.Error(
                "apiVersion",
                $"{Shown.Quoted(apiVersion)} is not {DocumentKind.Group}; {allowedVersion}",
                DocumentRules.ApiGroup
            );
            return null;
        }

        if (kindName is null && !document.Has("kind"))
        {
            document.Missing("kind", $"write one of {string.Join(", ", kindNames)}");
        }

        if (apiVersion is null || kindName is null)
        {
            return null;
        }

        var ofName = ofGroup.Where(kind => kind.Name == kindName).ToArray();
        if (ofName.Length == 0)
        {
            document.Error(
                "kind",
                $"{Shown.Quoted(kindName)} is no kind of {group}; {NearestName.Hint(kindName, kindNames)}",
                DocumentRules.UnknownKind
            );
            return null;
        }

        var kind = ofName.FirstOrDefault(candidate => candidate.ApiVersion == apiVersion);
        if (kind is null)
        {
            document.Error(
                "apiVersion",
                $"{Shown.Quoted(apiVersion)} has no {kindName}; write {string.Join(" or ", ofName.Select(known => known.ApiVersion))}",
                DocumentRules.UnknownVersion
            );
            // The kind is certain and the document has its error, so reading on can only help: the cluster is known and all is told at
            // once.
            return ofName[0];
        }

        return kind;
    }

    private static bool MeansOurs(YamlMapping root, string[] kindNames, string? kindName) =>
        kindNames.Contains(kindName) || root.Entries.Exists(entry => entry.Value is YamlScalar value && IsOurs(value.Text));

    private static YamlEntry? NearMisspelling(YamlMapping root, string name) =>
        root.Entries.Find(entry => NearestName.Of(entry.Key.Text, [name]) is not null);

    private static string GroupOf(string apiVersion) => apiVersion.IndexOf('/') is >= 0 and var slash ? apiVersion[..slash] : apiVersion;
}
