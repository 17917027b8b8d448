using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Api.Definitions;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>The real server's rules that this project's objects can run into: names, labels, what may not change, what must be
/// there.</summary>
internal static partial class Validation
{
    private static readonly string[] StatefulSetMayChange =
    [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];

    /// <exception cref="ApiException">422 with every fault.</exception>
    public static void Check(ResourceKind kind, JsonObject node, JsonObject? before)
    {
        var faults = new List<InvalidField>();
        Metadata(kind, node, before, faults);
        kind.Definition?.Rules.Check(node, faults);
        switch (kind.Kind)
        {
            case "CustomResourceDefinition":
                _ = DefinedKind.Read(node);
                break;
            case "StatefulSet":
                StatefulSet(node, before, faults);
                break;
            case "Pod":
                Pod(node, before, faults);
                break;
            case "PersistentVolumeClaim":
                Claim(node, before, faults);
                break;
            case "Service":
                Service(node, before, faults);
                break;
            case "ConfigMap" or "Secret" when before.Flag("immutable"):
                if (
                    !node.Flag("immutable")
                    || !JsonNode.DeepEquals(before.At("data"), node["data"])
                    || !JsonNode.DeepEquals(before.At("binaryData"), node["binaryData"])
                )
                {
                    faults.Add(InvalidField.Forbidden("data", "field is immutable when `immutable` is set"));
                }

                break;
        }

        if (faults.Count > 0)
        {
            throw ApiException.Invalid(kind, node.Text("metadata", "name") ?? "", faults);
        }
    }

    public static bool IsLabelValue(string text) => text.Length <= 63 && LabelValue().IsMatch(text);

    private static void Metadata(ResourceKind kind, JsonObject node, JsonObject? before, List<InvalidField> faults)
    {
        var name = node.Text("metadata", "name") ?? "";
        if (kind.SubdomainName ? name.Length > 253 || !Subdomain().IsMatch(name) : name.Length > 63 || !Label().IsMatch(name))
        {
            faults.Add(
                InvalidField.Value(
                    "metadata.name",
                    name,
                    kind.SubdomainName
                        ? "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
                            + "must start and end with an alphanumeric character"
                        : "a DNS-1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
                            + "with an alphanumeric character"
                )
            );
        }

        Labels(node.At("metadata", "labels") as JsonObject, "metadata.labels", faults);
        var index = 0;
        foreach (var owner in node.Items("metadata", "ownerReferences"))
        {
            foreach (var field in (string[])["apiVersion", "kind", "name", "uid"])
            {
                if (owner.Text(field) is not { Length: > 0 })
                {
                    faults.Add(InvalidField.Required($"metadata.ownerReferences[{index}].{field}", "must not be empty"));
                }
            }

            index++;
        }

        if (before.Text("metadata", "deletionTimestamp") is not null)
        {
            var known = (before.At("metadata", "finalizers") as JsonArray ?? [])
                .Select(finalizer => finalizer!.GetValue<string>())
                .ToHashSet();
            var added = (node.At("metadata", "finalizers") as JsonArray ?? [])
                .Select(finalizer => finalizer!.GetValue<string>())
                .Where(finalizer => !known.Contains(finalizer))
                .ToList();
            if (added.Count > 0)
            {
                faults.Add(
                    InvalidField.Forbidden(
                        "metadata.finalizers",
                        $"no new finalizers can be added if the object is being deleted, found new finalizers [{string.Join(", ", added)}]"
                    )
                );
            }
        }
    }

    private static void Labels(JsonObject? labels, string path, List<InvalidField> faults)
    {
        foreach (var (key, value) in labels ?? [])
        {
            var name = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];
            if (!IsLabelValue(name))
            {
                faults.Add(
                    InvalidField.Value(
                        path,
                        key,
                        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                            + "alphanumeric character"
                    )
                );
            }

            var text = value?.GetValue<string>() ?? "";
            if (text.Length > 0 && !IsLabelValue(text))
            {
                faults.Add(
                    InvalidField.Value(
                        path,
                        text,
                        "a valid label must be an empty string or at most 63 alphanumeric characters, '-', '_' or '.', and "
                            + "must start and end with an alphanumeric character"
                    )
                );
            }
        }
    }

    private static void StatefulSet(JsonObject node, JsonObject? before, List<InvalidField> faults)
    {
        var spec = node.Object("spec");
        var labels =
            (spec.At("template", "metadata", "labels") as JsonObject)?.ToDictionary(
                pair => pair.Key,
                pair => pair.Value!.GetValue<string>()
            )
            ?? [];
        if (spec["selector"] is not JsonObject { Count: > 0 } selector)
        {
            faults.Add(InvalidField.Required("spec.selector"));
        }
        else if (!LabelSelector.From(selector).Matches(labels))
        {
            faults.Add(
                InvalidField.Value(
                    "spec.template.metadata.labels",
                    spec.At("template", "metadata", "labels")?.ToJsonString(),
                    "`selector` does not match template `labels`"
                )
            );
        }

        if (spec.Number("replicas") < 0)
        {
            faults.Add(InvalidField.Value("spec.replicas", spec["replicas"]!.ToJsonString(), "must be greater than or equal to 0"));
        }

        PodSpec(spec.Object("template").Object("spec"), "spec.template.spec", faults);
        if (before is null)
        {
            return;
        }

        var was = before.Object("spec");
        if (
            was.Select(pair => pair.Key)
                .Union(spec.Select(pair => pair.Key))
                .Except(StatefulSetMayChange)
                .Any(field => !JsonNode.DeepEquals(was[field], spec[field]))
        )
        {
            faults.Add(
                InvalidField.Forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than "
                        + $"{string.Join(", ", StatefulSetMayChange[..^1].Select(field => $"'{field}'"))} and "
                        + $"'{StatefulSetMayChange[^1]}' are forbidden"
                )
            );
        }
    }

    private static void Pod(JsonObject node, JsonObject? before, List<InvalidField> faults)
    {
        PodSpec(node.Object("spec"), "spec", faults);
        if (before is null)
        {
            return;
        }

        if (!JsonNode.DeepEquals(Fixed(before), Fixed(node)))
        {
            faults.Add(
                InvalidField.Forbidden(
                    "spec",
                    "pod updates may not change fields other than "
                        + "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
                        + "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if "
                        + "it was previously negative)"
                )
            );
        }

        static JsonNode Fixed(JsonObject pod)
        {
            var spec = pod.Object("spec").DeepClone().AsObject();
            spec.Remove("activeDeadlineSeconds");
            spec.Remove("tolerations");
            foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
            {
                container.Remove("image");
            }

            return spec;
        }
    }

    private static void PodSpec(JsonObject spec, string path, List<InvalidField> faults)
    {
        var containers = spec.Items("containers").ToList();
        if (containers.Count == 0)
        {
            faults.Add(InvalidField.Required($"{path}.containers"));
        }

        var volumes = spec.Items("volumes").Select(volume => volume.Text("name")).ToHashSet();
        var isTemplate = path != "spec";
        for (var i = 0; i < containers.Count; i++)
        {
            if (containers[i].Text("name") is not { Length: > 0 } name)
            {
                faults.Add(InvalidField.Required($"{path}.containers[{i}].name"));
            }
            else if (!Label().IsMatch(name))
            {
                faults.Add(InvalidField.Value($"{path}.containers[{i}].name", name, "a lowercase RFC 1123 label is needed"));
            }

            if (containers[i].Text("image") is not { Length: > 0 })
            {
                faults.Add(InvalidField.Required($"{path}.containers[{i}].image"));
            }

            foreach (var mount in containers[i].Items("volumeMounts"))
            {
                // A StatefulSet's claims become volumes later, so a template may name what it does not have.
                if (!isTemplate && !volumes.Contains(mount.Text("name")))
                {
                    faults.Add(
                        new InvalidField(
                            $"{path}.containers[{i}].volumeMounts",
                            "FieldValueNotFound",
                            $"Not found: \"{mount.Text("name")}\""
                        )
                    );
                }
            }
        }
    }

    private static void Claim(JsonObject node, JsonObject? before, List<InvalidField> faults)
    {
        if (node.At("spec", "accessModes") is not JsonArray { Count: > 0 })
        {
            faults.Add(InvalidField.Required("spec.accessModes", "at least 1 access mode is required"));
        }

        if (node.Text("spec", "resources", "requests", "storage") is null)
        {
            faults.Add(InvalidField.Required("spec.resources[storage]"));
        }

        if (before is null)
        {
            return;
        }

        var (was, now) = (before.Object("spec").DeepClone().AsObject(), node.Object("spec").DeepClone().AsObject());
        was.Remove("volumeName");
        now.Remove("volumeName");
        if (before.Text("status", "phase") == "Bound" && Storage(was) is { } old && Storage(now) is { } asked)
        {
            // Every volume is a folder, so there is no class that could not do it.
            if (asked < old)
            {
                faults.Add(InvalidField.Forbidden("spec.resources.requests.storage", "field can not be less than previous value"));
            }

            now["resources"] = was["resources"]?.DeepClone();
        }

        if (!JsonNode.DeepEquals(was, now))
        {
            faults.Add(InvalidField.Forbidden("spec", "spec is immutable after creation except resources.requests for bound claims"));
        }

        static decimal? Storage(JsonObject spec) =>
            spec.Text("resources", "requests", "storage") is { } text ? new ResourceQuantity(text).ToDecimal() : null;
    }

    private static void Service(JsonObject node, JsonObject? before, List<InvalidField> faults)
    {
        if (
            node.Text("spec", "clusterIP") != "None"
            && node.Text("spec", "type") != "ExternalName"
            && node.At("spec", "ports") is not JsonArray { Count: > 0 }
        )
        {
            faults.Add(InvalidField.Required("spec.ports"));
        }

        if (before.Text("spec", "clusterIP") is { Length: > 0 } address && node.Text("spec", "clusterIP") != address)
        {
            faults.Add(InvalidField.Value("spec.clusterIP", node.Text("spec", "clusterIP"), "field is immutable"));
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex Subdomain();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex Label();

    [GeneratedRegex("^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")]
    private static partial Regex LabelValue();
}
