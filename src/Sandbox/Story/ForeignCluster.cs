namespace GitOpsOperator.Sandbox.Story;

/// <summary>A cluster that is there already, to tell a story on: kind, minikube, any.</summary>
/// <param name="Kubectl">The program.</param>
/// <param name="Kubeconfig">Of somebody who may install the operator.</param>
/// <param name="Image">The operator's image, as the cluster pulls it or its nodes have it.</param>
public sealed record ForeignCluster(string Kubectl, string Kubeconfig, string Image);
