using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>One state of one object, unchangeable. It is kept as bytes, since a JSON tree may not be read by two threads at once.</summary>
internal sealed class StoredObject
{
    private StoredObject(ResourceKind kind, JsonObject node, long revision)
    {
        Kind = kind;
        Revision = revision;
        Namespace = node.Text("metadata", "namespace") ?? "";
        Name = node.Text("metadata", "name") ?? "";
        Uid = node.Text("metadata", "uid") ?? "";
        Labels =
            (node.At("metadata", "labels") as JsonObject)?.ToDictionary(pair => pair.Key, pair => pair.Value?.GetValue<string>() ?? "")
            ?? [];
        OwnerUids = [.. node.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid") ?? "")];
        IsDeleting = node.Text("metadata", "deletionTimestamp") is not null;
        Finalizers = [.. (node.At("metadata", "finalizers") as JsonArray ?? []).Select(finalizer => finalizer?.GetValue<string>() ?? "")];
        Fields = FieldSelector.Values(kind, node);
        Json = Api.Json.Bytes(node);
        Content = Json.AsMemory(Api.Json.Bytes(new JsonObject { ["kind"] = kind.Kind, ["apiVersion"] = kind.ApiVersion }).Length);
        Metadata = Api.Json.Bytes(node.Metadata());
    }

    public ResourceKind Kind { get; }
    public string Namespace { get; }
    public string Name { get; }
    public string Uid { get; }
    public long Revision { get; }
    public byte[] Json { get; }

    /// <summary>What follows kind and apiVersion, up to and with the closing brace: the item of a list, which says those two
    /// itself.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Its metadata alone: lists of metadata need not read the rest, which may be large.</summary>
    public byte[] Metadata { get; }
    public IReadOnlyDictionary<string, string> Labels { get; }
    public IReadOnlyDictionary<string, string> Fields { get; }
    public IReadOnlyList<string> OwnerUids { get; }
    public IReadOnlyList<string> Finalizers { get; }
    public bool IsDeleting { get; }

    public JsonObject ToNode() => Api.Json.Stored(Json);

    public static StoredObject From(ResourceKind kind, JsonObject node, long revision)
    {
        node.Metadata()["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        node.Remove("apiVersion");
        node.Remove("kind");
        node.Insert(0, "kind", kind.Kind);
        node.Insert(1, "apiVersion", kind.ApiVersion);
        return new StoredObject(kind, node, revision);
    }

    /// <summary>The same state under a later revision: what a deletion shows.</summary>
    public StoredObject At(long revision) => From(Kind, ToNode(), revision);
}
