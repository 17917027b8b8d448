using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Fields;

/// <summary>How an item of a list is named in a field set: <c>k:{"name":"etcd"}</c> or <c>v:"a-finalizer"</c>.</summary>
internal static class ListItems
{
    public static string NameOf(JsonNode? item, ListMerge merge)
    {
        if (merge.Kind == ListMergeKind.Set)
        {
            return "v:" + (item?.ToJsonString() ?? "null");
        }

        var key = new JsonObject();
        foreach (var field in merge.Keys.Order(StringComparer.Ordinal))
        {
            // A port without protocol is a TCP port, also before defaults are filled in.
            key[field] = item.At(field)?.DeepClone() ?? (field == "protocol" ? "TCP" : null);
        }

        return "k:" + key.ToJsonString();
    }

    public static Dictionary<string, JsonNode> ByName(JsonArray list, ListMerge merge)
    {
        var items = new Dictionary<string, JsonNode>();
        foreach (var item in list)
        {
            if (item is not null && !items.TryAdd(NameOf(item, merge), item) && merge.Kind == ListMergeKind.Map)
            {
                throw ApiException.BadRequest($"a list has two items with the same key {NameOf(item, merge)[2..]}");
            }
        }

        return items;
    }
}
