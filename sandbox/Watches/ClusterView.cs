using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Watches;

/// <summary>One cache for each kind that node, controller and DNS look at; shared, so that each kind is watched once.</summary>
internal sealed class ClusterView
{
    public ClusterView(IKubernetes client, TimeProvider time, ILogger logger)
    {
        Nodes = new(
            "nodes",
            async cancellationToken => Result(await client.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)),
            (rv, failed, cancellationToken) =>
                client.CoreV1.WatchListNodeAsync(
                    allowWatchBookmarks: true,
                    resourceVersion: rv,
                    onError: failed,
                    cancellationToken: cancellationToken
                ),
            time,
            logger
        );
        Pods = new(
            "pods",
            async cancellationToken => Result(await client.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: cancellationToken)),
            (rv, failed, cancellationToken) =>
                client.CoreV1.WatchListPodForAllNamespacesAsync(
                    allowWatchBookmarks: true,
                    resourceVersion: rv,
                    onError: failed,
                    cancellationToken: cancellationToken
                ),
            time,
            logger
        );
        Services = new(
            "services",
            async cancellationToken => Result(await client.CoreV1.ListServiceForAllNamespacesAsync(cancellationToken: cancellationToken)),
            (rv, failed, cancellationToken) =>
                client.CoreV1.WatchListServiceForAllNamespacesAsync(
                    allowWatchBookmarks: true,
                    resourceVersion: rv,
                    onError: failed,
                    cancellationToken: cancellationToken
                ),
            time,
            logger
        );
        ConfigMaps = new(
            "configmaps",
            async cancellationToken => Result(await client.CoreV1.ListConfigMapForAllNamespacesAsync(cancellationToken: cancellationToken)),
            (rv, failed, cancellationToken) =>
                client.CoreV1.WatchListConfigMapForAllNamespacesAsync(
                    allowWatchBookmarks: true,
                    resourceVersion: rv,
                    onError: failed,
                    cancellationToken: cancellationToken
                ),
            time,
            logger
        );
        Secrets = new(
            "secrets",
            async cancellationToken => Result(await client.CoreV1.ListSecretForAllNamespacesAsync(cancellationToken: cancellationToken)),
            (rv, failed, cancellationToken) =>
                client.CoreV1.WatchListSecretForAllNamespacesAsync(
                    allowWatchBookmarks: true,
                    resourceVersion: rv,
                    onError: failed,
                    cancellationToken: cancellationToken
                ),
            time,
            logger
        );
        Claims = new(
            "persistentvolumeclaims",
            async cancellationToken =>
                Result(await client.CoreV1.ListPersistentVolumeClaimForAllNamespacesAsync(cancellationToken: cancellationToken)),
            (rv, failed, cancellationToken) =>
                client.CoreV1.WatchListPersistentVolumeClaimForAllNamespacesAsync(
                    allowWatchBookmarks: true,
                    resourceVersion: rv,
                    onError: failed,
                    cancellationToken: cancellationToken
                ),
            time,
            logger
        );
        StatefulSets = new(
            "statefulsets",
            async cancellationToken =>
                Result(await client.AppsV1.ListStatefulSetForAllNamespacesAsync(cancellationToken: cancellationToken)),
            (rv, failed, cancellationToken) =>
                client.AppsV1.WatchListStatefulSetForAllNamespacesAsync(
                    allowWatchBookmarks: true,
                    resourceVersion: rv,
                    onError: failed,
                    cancellationToken: cancellationToken
                ),
            time,
            logger
        );
        Deployments = new(
            "deployments",
            async cancellationToken =>
                Result(await client.AppsV1.ListDeploymentForAllNamespacesAsync(cancellationToken: cancellationToken)),
            (rv, failed, cancellationToken) =>
                client.AppsV1.WatchListDeploymentForAllNamespacesAsync(
                    allowWatchBookmarks: true,
                    resourceVersion: rv,
                    onError: failed,
                    cancellationToken: cancellationToken
                ),
            time,
            logger
        );
    }

    public ObjectCache<V1Node> Nodes { get; }

    public ObjectCache<V1Pod> Pods { get; }

    public ObjectCache<V1Service> Services { get; }

    public ObjectCache<V1ConfigMap> ConfigMaps { get; }

    public ObjectCache<V1Secret> Secrets { get; }

    public ObjectCache<V1PersistentVolumeClaim> Claims { get; }

    public ObjectCache<V1StatefulSet> StatefulSets { get; }

    public ObjectCache<V1Deployment> Deployments { get; }

    public Task AllListed =>
        Task.WhenAll(
            Nodes.Listed,
            Pods.Listed,
            Services.Listed,
            ConfigMaps.Listed,
            Secrets.Listed,
            Claims.Listed,
            StatefulSets.Listed,
            Deployments.Listed
        );

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            Nodes.RunAsync(cancellationToken),
            Pods.RunAsync(cancellationToken),
            Services.RunAsync(cancellationToken),
            ConfigMaps.RunAsync(cancellationToken),
            Secrets.RunAsync(cancellationToken),
            Claims.RunAsync(cancellationToken),
            StatefulSets.RunAsync(cancellationToken),
            Deployments.RunAsync(cancellationToken)
        );

    private static (IEnumerable<T> Items, string ResourceVersion) Result<T>(IItems<T> found) =>
        (found.Items, ((IKubernetesObject<V1ListMeta>)found).Metadata.ResourceVersion);
}
