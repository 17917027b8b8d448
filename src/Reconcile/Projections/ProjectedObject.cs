using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Reconcile.Projections;

/// <summary>
/// A cluster as an object of Kubernetes: git's spec and the status that the operator gives it. It is there to be read. Nothing is decided from
/// it and nothing is owned by it, so that it can go, with its definition, at any time.
/// </summary>
public sealed class ProjectedObject : IKubernetesObject<V1ObjectMeta>
{
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public JsonObject? Spec { get; set; }

    [JsonPropertyName("status")]
    public JsonObject? Status { get; set; }
}

/// <summary>A list of <see cref="ProjectedObject"/>.</summary>
public sealed class ProjectedObjectList : IKubernetesObject<V1ListMeta>, IItems<ProjectedObject>
{
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    [JsonPropertyName("metadata")]
    public V1ListMeta Metadata { get; set; } = new();

    [JsonPropertyName("items")]
    public IList<ProjectedObject> Items { get; set; } = [];
}
