using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Drift.Comparison;

/// <summary>
/// How the items of a list are told apart. After <c>x-kubernetes-list-map-keys</c> of the kinds' OpenAPI descriptions; ports are told by
/// name first, so that a changed number is one change and not one port gone and one come.
/// </summary>
public static class ListKeys
{
    private static readonly FrozenDictionary<string, string[]> Keyed = new Dictionary<string, string[]>
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["env"] = ["name"],
        ["ports"] = ["name", "port", "containerPort"],
        ["volumes"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["volumeDevices"] = ["devicePath"],
        ["imagePullSecrets"] = ["name"],
        ["hostAliases"] = ["ip"],
        ["topologySpreadConstraints"] = ["topologyKey"],
        ["volumeClaimTemplates"] = ["metadata.name"],
        ["ownerReferences"] = ["uid"],
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> Sets = FrozenSet.Create(
        "accessModes",
        "add",
        "drop",
        "finalizers",
        "ipFamilies",
        "supplementalGroups"
    );

    /// <summary>The order of the items means nothing, and each is a value of its own.</summary>
    public static bool IsSet(string field) => Sets.Contains(field);

    public static bool IsKeyed(string field) => Keyed.ContainsKey(field);

    /// <summary>What an item of this list is called; null where it cannot be told from others.</summary>
    public static string? KeyOf(string field, JsonNode? item) =>
        (Keyed.GetValueOrDefault(field) ?? []).Select(key => Value(item, key)).FirstOrDefault(value => value is not null);

    /// <summary>The item of the other list that is the same one: of the same key, or of the same number where names are missing.</summary>
    public static JsonNode? Find(string field, JsonArray list, JsonNode desired)
    {
        foreach (var key in Keyed.GetValueOrDefault(field) ?? [])
        {
            var sought = Value(desired, key);
            if (sought is not null && list.FirstOrDefault(item => Value(item, key) == sought) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? Value(JsonNode? item, string key) =>
        key.Split('.').Aggregate(item, (node, name) => (node as JsonObject)?[name]) is JsonValue value ? value.ToString() : null;
}
