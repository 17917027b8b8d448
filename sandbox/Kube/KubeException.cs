namespace GitOpsOperator.Sandbox.Kube;

/// <summary>A program of Kubernetes' own is missing, did not start, or ended by itself; the message has its last words.</summary>
public sealed class KubeException(string message) : Exception(message);
