using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Controllers.StatefulSets;

/// <summary>
/// A name for the content of a set's pod template. Kubernetes keeps each revision as a ControllerRevision object; here the
/// name alone is kept, in the set's status and on the pods, because nothing in the sandbox rolls back.
/// </summary>
internal static class TemplateRevision
{
    public const string Label = "controller-revision-hash";

    public static string Of(V1StatefulSet set) => $"{set.Metadata.Name}-{Hash(set.Spec.Template)}";

    /// <summary>The content alone.</summary>
    public static string Hash(V1PodTemplateSpec template) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KubernetesJson.Serialize(template))))[..10];
}
