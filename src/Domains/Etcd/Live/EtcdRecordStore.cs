using System.Net;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>Writes records, each only over the very version that was read: of two operators at most one can go on.</summary>
/// <param name="writer">Who writes, as the record says it.</param>
public sealed class EtcdRecordStore(IKubernetes client, string writer)
{
    /// <summary>Annotation of the record that names the life of the operator that wrote it.</summary>
    public const string WriterAnnotation = "gitops-operator.dev/written-by";

    /// <param name="version">resourceVersion of the record that is replaced; null to create the first.</param>
    /// <returns>The ConfigMap written, or null where another writer was first.</returns>
    public async Task<V1ConfigMap?> TryWriteAsync(
        ClusterKey cluster,
        OwnerId owner,
        EtcdRecord record,
        string? version,
        CancellationToken cancellationToken
    )
    {
        var configMap = Render(cluster, owner, record);
        try
        {
            if (version is null)
            {
                return await client.CoreV1.CreateNamespacedConfigMapAsync(
                    configMap,
                    cluster.Namespace,
                    fieldManager: ObjectLabels.FieldManager,
                    cancellationToken: cancellationToken
                );
            }

            configMap.Metadata.ResourceVersion = version;
            return await client.CoreV1.ReplaceNamespacedConfigMapAsync(
                configMap,
                configMap.Metadata.Name,
                cluster.Namespace,
                fieldManager: ObjectLabels.FieldManager,
                cancellationToken: cancellationToken
            );
        }
        catch (HttpOperationException e)
            when (e.Response.StatusCode is HttpStatusCode.Conflict
                || (version is not null && e.Response.StatusCode is HttpStatusCode.NotFound)
            )
        {
            // Not found means another thing at creation: the namespace does not exist.
            return null;
        }
    }

    private V1ConfigMap Render(ClusterKey cluster, OwnerId owner, EtcdRecord record) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = new V1ObjectMeta
            {
                Name = new EtcdNames(cluster).Record,
                NamespaceProperty = cluster.Namespace,
                Labels = new Dictionary<string, string>
                {
                    ["app.kubernetes.io/managed-by"] = ObjectLabels.FieldManager,
                    [ObjectLabels.Cluster] = cluster.Name,
                    [ObjectLabels.Owner] = owner.Label,
                },
                Annotations = new Dictionary<string, string> { [WriterAnnotation] = writer },
            },
            Data = new Dictionary<string, string> { [EtcdRecordJson.Key] = EtcdRecordJson.Write(record) },
        };
}
