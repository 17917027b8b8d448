using System.Security.Cryptography;
using GitOpsOperator.Operator.Election;
using k8s;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>Of several replicas exactly one is active: the one that holds a Lease.</summary>
public sealed class LeaderElectionConfiguration
{
    /// <summary>Default: in a pod yes, elsewhere no.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Namespace of the Lease; empty: that of the pod, or <c>default</c>.</summary>
    public string Namespace { get; set; } = "";

    /// <summary>Name of the Lease; empty: <c>gitops-operator-ID</c>, so that two operators with different ids never contend.</summary>
    public string Name { get; set; } = "";

    /// <summary>Another replica takes over when the Lease was not renewed for this long.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// A replica that could not renew for this long does nothing more; at least 3 s less than <see cref="LeaseDuration"/>.
    /// </summary>
    public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two polls of the Lease by a standby.</summary>
    public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Namespace and name of what replicas of one operator share: the Lease, and the ConfigMap by which they are stopped.
    /// </summary>
    internal (string Namespace, string Name) SharedObject(string operatorId, string kubeconfig) =>
        (
            Namespace.Length > 0
                ? Namespace
                : (IsInPod(kubeconfig) ? KubernetesClientConfiguration.InClusterConfig().Namespace : null) ?? "default",
            Name.Length > 0 ? Name : $"gitops-operator-{operatorId}"
        );

    /// <returns>Null where this process acts without being elected.</returns>
    internal LeaseTerms? Terms(string operatorId, string kubeconfig)
    {
        if (!(Enabled ?? IsInPod(kubeconfig)))
        {
            return null;
        }

        var (@namespace, name) = SharedObject(operatorId, kubeconfig);
        return new(
            @namespace,
            name,
            $"{Environment.MachineName}_{RandomNumberGenerator.GetHexString(8, lowercase: true)}",
            LeaseDuration,
            RenewDeadline,
            RetryPeriod
        );
    }

    private static bool IsInPod(string kubeconfig) => kubeconfig.Length == 0 && KubernetesClientConfiguration.IsInCluster();
}
