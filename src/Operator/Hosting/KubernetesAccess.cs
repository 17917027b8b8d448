using k8s;
using k8s.Exceptions;

namespace GitOpsOperator.Operator.Hosting;

/// <summary>Finds the API server: a named kubeconfig, else the pod's service account, else the user's own kubeconfig.</summary>
internal static class KubernetesAccess
{
    /// <summary>How long a command that a person waits for waits for the API server.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <exception cref="KubeConfigException">No usable configuration was found.</exception>
    public static KubernetesClientConfiguration Configuration(string kubeconfig) =>
        kubeconfig.Length > 0 ? KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig)
        : KubernetesClientConfiguration.IsInCluster() ? KubernetesClientConfiguration.InClusterConfig()
        : KubernetesClientConfiguration.BuildConfigFromConfigFile();
}
