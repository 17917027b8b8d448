using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Reconcile.Writing;

/// <summary>
/// The kinds of objects that clusters consist of, each with the calls that write it and the copy in which that is awaited.
/// </summary>
public sealed class WritableKinds(IKubernetes client, KubernetesView view)
{
    private readonly WritableKind<V1Secret>? _secrets = view.Secrets is not { } secrets
        ? null
        : new(
            "Secret",
            secrets,
            (key, token) => client.CoreV1.ReadNamespacedSecretAsync(key.Name, key.Namespace, cancellationToken: token),
            (key, patch, force, token) =>
                client.CoreV1.PatchNamespacedSecretAsync(
                    patch,
                    key.Name,
                    key.Namespace,
                    fieldManager: ObjectLabels.FieldManager,
                    force: force,
                    cancellationToken: token
                ),
            (key, options, token) => client.CoreV1.DeleteNamespacedSecretAsync(key.Name, key.Namespace, options, cancellationToken: token)
        );

    public WritableKind<V1StatefulSet> StatefulSets { get; } =
        new(
            "StatefulSet",
            view.StatefulSets,
            (key, token) => client.AppsV1.ReadNamespacedStatefulSetAsync(key.Name, key.Namespace, cancellationToken: token),
            (key, patch, force, token) =>
                client.AppsV1.PatchNamespacedStatefulSetAsync(
                    patch,
                    key.Name,
                    key.Namespace,
                    fieldManager: ObjectLabels.FieldManager,
                    force: force,
                    cancellationToken: token
                ),
            (key, options, token) =>
                client.AppsV1.DeleteNamespacedStatefulSetAsync(key.Name, key.Namespace, options, cancellationToken: token)
        );

    public WritableKind<V1Pod> Pods { get; } =
        new(
            "Pod",
            view.Pods,
            (key, token) => client.CoreV1.ReadNamespacedPodAsync(key.Name, key.Namespace, cancellationToken: token),
            (key, patch, force, token) =>
                client.CoreV1.PatchNamespacedPodAsync(
                    patch,
                    key.Name,
                    key.Namespace,
                    fieldManager: ObjectLabels.FieldManager,
                    force: force,
                    cancellationToken: token
                ),
            (key, options, token) => client.CoreV1.DeleteNamespacedPodAsync(key.Name, key.Namespace, options, cancellationToken: token)
        );

    public WritableKind<V1PersistentVolumeClaim> Claims { get; } =
        new(
            "PersistentVolumeClaim",
            view.Claims,
            (key, token) => client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(key.Name, key.Namespace, cancellationToken: token),
            (key, patch, force, token) =>
                client.CoreV1.PatchNamespacedPersistentVolumeClaimAsync(
                    patch,
                    key.Name,
                    key.Namespace,
                    fieldManager: ObjectLabels.FieldManager,
                    force: force,
                    cancellationToken: token
                ),
            (key, options, token) =>
                client.CoreV1.DeleteNamespacedPersistentVolumeClaimAsync(key.Name, key.Namespace, options, cancellationToken: token)
        );

    public WritableKind<V1ConfigMap> ConfigMaps { get; } =
        new(
            "ConfigMap",
            view.ConfigMaps,
            (key, token) => client.CoreV1.ReadNamespacedConfigMapAsync(key.Name, key.Namespace, cancellationToken: token),
            (key, patch, force, token) =>
                client.CoreV1.PatchNamespacedConfigMapAsync(
                    patch,
                    key.Name,
                    key.Namespace,
                    fieldManager: ObjectLabels.FieldManager,
                    force: force,
                    cancellationToken: token
                ),
            (key, options, token) =>
                client.CoreV1.DeleteNamespacedConfigMapAsync(key.Name, key.Namespace, options, cancellationToken: token)
        );

    public WritableKind<V1Secret> Secrets =>
        _secrets ?? throw new InvalidOperationException("This view does not have Secrets, so none can be written");

    public WritableKind<V1Service> Services { get; } =
        new(
            "Service",
            view.Services,
            (key, token) => client.CoreV1.ReadNamespacedServiceAsync(key.Name, key.Namespace, cancellationToken: token),
            (key, patch, force, token) =>
                client.CoreV1.PatchNamespacedServiceAsync(
                    patch,
                    key.Name,
                    key.Namespace,
                    fieldManager: ObjectLabels.FieldManager,
                    force: force,
                    cancellationToken: token
                ),
            (key, options, token) => client.CoreV1.DeleteNamespacedServiceAsync(key.Name, key.Namespace, options, cancellationToken: token)
        );

    public WritableKind<V1PodDisruptionBudget> DisruptionBudgets { get; } =
        new(
            "PodDisruptionBudget",
            view.DisruptionBudgets,
            (key, token) => client.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync(key.Name, key.Namespace, cancellationToken: token),
            (key, patch, force, token) =>
                client.PolicyV1.PatchNamespacedPodDisruptionBudgetAsync(
                    patch,
                    key.Name,
                    key.Namespace,
                    fieldManager: ObjectLabels.FieldManager,
                    force: force,
                    cancellationToken: token
                ),
            (key, options, token) =>
                client.PolicyV1.DeleteNamespacedPodDisruptionBudgetAsync(key.Name, key.Namespace, options, cancellationToken: token)
        );
}
