using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Watching;

/// <summary>The generated client has one method for each kind and scope; here is the table that leads from ours to its.</summary>
internal static class Collections
{
    public static Collection<V1StatefulSet, V1StatefulSetList> StatefulSets(IKubernetes client, string? scope) => scope is null
        ? new(
            "StatefulSet",
            (next, limit, token) => client.AppsV1.ListStatefulSetForAllNamespacesAsync(
                continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.AppsV1.WatchListStatefulSetForAllNamespacesAsync(
                allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token))
        : new(
            "StatefulSet",
            (next, limit, token) => client.AppsV1.ListNamespacedStatefulSetAsync(
                scope, continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.AppsV1.WatchListNamespacedStatefulSetAsync(
                scope, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token));

    public static Collection<V1Pod, V1PodList> Pods(IKubernetes client, string? scope) => scope is null
        ? new(
            "Pod",
            (next, limit, token) => client.CoreV1.ListPodForAllNamespacesAsync(
                labelSelector: ObjectLabels.Member, continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListPodForAllNamespacesAsync(
                labelSelector: ObjectLabels.Member, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token))
        : new(
            "Pod",
            (next, limit, token) => client.CoreV1.ListNamespacedPodAsync(
                scope, labelSelector: ObjectLabels.Member, continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListNamespacedPodAsync(
                scope, labelSelector: ObjectLabels.Member, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token));

    public static Collection<V1PersistentVolumeClaim, V1PersistentVolumeClaimList> Claims(IKubernetes client, string? scope) => scope is null
        ? new(
            "PersistentVolumeClaim",
            (next, limit, token) => client.CoreV1.ListPersistentVolumeClaimForAllNamespacesAsync(
                continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListPersistentVolumeClaimForAllNamespacesAsync(
                allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token))
        : new(
            "PersistentVolumeClaim",
            (next, limit, token) => client.CoreV1.ListNamespacedPersistentVolumeClaimAsync(
                scope, continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListNamespacedPersistentVolumeClaimAsync(
                scope, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token));

    public static Collection<V1ConfigMap, V1ConfigMapList> ConfigMaps(IKubernetes client, string? scope) => scope is null
        ? new(
            "ConfigMap",
            (next, limit, token) => client.CoreV1.ListConfigMapForAllNamespacesAsync(
                continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListConfigMapForAllNamespacesAsync(
                allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token))
        : new(
            "ConfigMap",
            (next, limit, token) => client.CoreV1.ListNamespacedConfigMapAsync(
                scope, continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListNamespacedConfigMapAsync(
                scope, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token));

    /// <summary>Only those that an operator has written: what others keep in Secrets is none of our business.</summary>
    public static Collection<V1Secret, V1SecretList> Secrets(IKubernetes client, string? scope) => scope is null
        ? new(
            "Secret",
            (next, limit, token) => client.CoreV1.ListSecretForAllNamespacesAsync(
                labelSelector: ObjectLabels.Owner, continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListSecretForAllNamespacesAsync(
                labelSelector: ObjectLabels.Owner, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token))
        : new(
            "Secret",
            (next, limit, token) => client.CoreV1.ListNamespacedSecretAsync(
                scope, labelSelector: ObjectLabels.Owner, continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListNamespacedSecretAsync(
                scope, labelSelector: ObjectLabels.Owner, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token));

    public static Collection<V1Service, V1ServiceList> Services(IKubernetes client, string? scope) => scope is null
        ? new(
            "Service",
            (next, limit, token) => client.CoreV1.ListServiceForAllNamespacesAsync(
                continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListServiceForAllNamespacesAsync(
                allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token))
        : new(
            "Service",
            (next, limit, token) => client.CoreV1.ListNamespacedServiceAsync(
                scope, continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.CoreV1.WatchListNamespacedServiceAsync(
                scope, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token));

    public static Collection<V1Namespace, V1NamespaceList> Namespaces(IKubernetes client) => new(
        "Namespace",
        (next, limit, token) => client.CoreV1.ListNamespaceAsync(continueParameter: next, limit: limit, cancellationToken: token),
        (version, seconds, failed, token) => client.CoreV1.WatchListNamespaceAsync(
            allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token));

    /// <summary>policy/v1 came with Kubernetes 1.21; before, and where it is switched off, clusters go without a budget.</summary>
    public static Collection<V1PodDisruptionBudget, V1PodDisruptionBudgetList> DisruptionBudgets(IKubernetes client, string? scope) => scope is null
        ? new(
            "PodDisruptionBudget",
            (next, limit, token) => client.PolicyV1.ListPodDisruptionBudgetForAllNamespacesAsync(
                continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.PolicyV1.WatchListPodDisruptionBudgetForAllNamespacesAsync(
                allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token))
        { MayBeMissing = true }
        : new(
            "PodDisruptionBudget",
            (next, limit, token) => client.PolicyV1.ListNamespacedPodDisruptionBudgetAsync(
                scope, continueParameter: next, limit: limit, cancellationToken: token),
            (version, seconds, failed, token) => client.PolicyV1.WatchListNamespacedPodDisruptionBudgetAsync(
                scope, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token))
        { MayBeMissing = true };
}
