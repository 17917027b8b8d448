using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary>A spec in the fields of its document, so that what is in force can be shown in the same words.</summary>
public static class EtcdSpecFields
{
    public static string Write(EtcdSpec spec)
    {
        var node = new JsonObject
        {
            ["size"] = spec.Size,
            ["version"] = spec.Version.ToString(),
            ["image"] = new JsonObject { ["repository"] = spec.ImageRepository },
            ["storage"] = Storage(spec.Storage),
            ["suspend"] = spec.Suspend,
        };
        AddUnlessEmpty(
            node,
            "resources",
            new JsonObject { ["requests"] = Quantities(spec.Resources.Requests), ["limits"] = Quantities(spec.Resources.Limits) }
        );
        AddUnlessEmpty(node, "options", Options(spec.Options));
        foreach (var (name, value) in JsonNode.Parse(spec.Pods.Spec)!.AsObject())
        {
            node[name] = value?.DeepClone();
        }

        AddUnlessEmpty(node, "podLabels", JsonNode.Parse(spec.Pods.Labels)!.AsObject());
        AddUnlessEmpty(node, "podAnnotations", JsonNode.Parse(spec.Pods.Annotations)!.AsObject());
        if (spec.Mode is { } mode)
        {
            node["mode"] = JsonNamingPolicy.CamelCase.ConvertName(mode.ToString());
        }

        if (spec.RolloutPolicy != RolloutPolicy.OnChange)
        {
            node["rolloutPolicy"] = spec.RolloutPolicy.ToString();
        }

        if (spec.MayBeDeleted)
        {
            node["deletionPolicy"] = EtcdClusterKind.DeletePolicy;
        }

        if (spec.DeleteVolumes)
        {
            node["deleteVolumes"] = true;
        }

        return node.ToJsonString();
    }

    private static JsonObject Storage(EtcdStorage storage) =>
        storage switch
        {
            EtcdStorage.Persistent { StorageClassName: { } name } claim => new()
            {
                ["size"] = claim.Size.ToString(),
                ["storageClassName"] = name,
            },
            EtcdStorage.Persistent claim => new() { ["size"] = claim.Size.ToString() },
            _ => new() { ["ephemeral"] = true },
        };

    private static JsonObject Options(EtcdOptions options)
    {
        var node = new JsonObject();
        Add(node, "quotaBackendBytes", options.QuotaBackendBytes);
        if (options.AutoCompaction is { } compaction)
        {
            node["autoCompaction"] = new JsonObject { ["mode"] = compaction.Mode, ["retention"] = compaction.Retention };
        }

        foreach (var option in EtcdOptions.Numbers)
        {
            Add(node, option.Name, option.Of(options));
        }

        AddUnlessEmpty(node, "extraFlags", new(options.ExtraFlags.Select(flag => KeyValuePair.Create(flag.Key, (JsonNode?)flag.Value))));
        return node;
    }

    private static JsonObject? Quantities(IEnumerable<KeyValuePair<string, Quantity>> quantities)
    {
        var node = new JsonObject(quantities.Select(quantity => KeyValuePair.Create(quantity.Key, (JsonNode?)quantity.Value.ToString())));
        return node.Count > 0 ? node : null;
    }

    private static void Add(JsonObject node, string name, long? value)
    {
        if (value is { } number)
        {
            node[name] = number;
        }
    }

    private static void AddUnlessEmpty(JsonObject node, string name, JsonObject value)
    {
        foreach (var absent in value.Where(field => field.Value is null).Select(field => field.Key).ToList())
        {
            value.Remove(absent);
        }

        if (value.Count > 0)
        {
            node[name] = value;
        }
    }
}
