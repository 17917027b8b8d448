using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Definitions;

/// <summary>What a CustomResourceDefinition says of its kind beyond names and fields.</summary>
/// <param name="Columns">What <c>kubectl get</c> shows beside the name.</param>
internal sealed record DefinedKind(FieldRules Rules, IReadOnlyList<PrinterColumn> Columns)
{
    /// <summary>Reads the one version that a definition may have here.</summary>
    /// <exception cref="ApiException">422 or 501: what is wrong with the definition, or not known here.</exception>
    public static ResourceKind Read(JsonObject definition)
    {
        var spec = definition.Object("spec");
        var (group, names) = (spec.Text("group") ?? "", spec.Object("names"));
        var name = definition.Text("metadata", "name") ?? "";
        var faults = new List<InvalidField>();
        foreach (var field in (string[])["kind", "plural"])
        {
            if (names.Text(field) is not { Length: > 0 })
            {
                faults.Add(InvalidField.Required($"spec.names.{field}"));
            }
        }

        if (name != $"{names.Text("plural")}.{group}")
        {
            faults.Add(InvalidField.Value("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
        }

        var versions = spec.Items("versions").ToList();
        if (versions.Count == 0)
        {
            faults.Add(InvalidField.Required("spec.versions"));
        }
        else if (versions[0].At("schema", "openAPIV3Schema") is not JsonObject)
        {
            faults.Add(InvalidField.Required("spec.versions[0].schema.openAPIV3Schema", "schemas are required"));
        }

        if (faults.Count > 0)
        {
            throw ApiException.Invalid(Kinds.Definition, name, faults);
        }

        if (versions.Count > 1)
        {
            throw ApiException.NotImplemented("a definition of several versions");
        }

        var version = versions[0];
        var rules = FieldRules.Of(version.At("schema", "openAPIV3Schema")!.AsObject());
        return new(
            group,
            version.Text("name") ?? "",
            names.Text("kind")!,
            names.Text("plural")!,
            rules.ToSchema(),
            [.. (names["shortNames"] as JsonArray ?? []).Select(shortName => shortName?.ToString() ?? "")],
            Namespaced: spec.Text("scope") != "Cluster",
            HasStatus: version.At("subresources", "status") is JsonObject,
            HasGeneration: true
        )
        {
            Definition = new(rules, [.. version.Items("additionalPrinterColumns").Select(PrinterColumn.Read)]),
        };
    }
}
