using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Watches;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>A container cannot be started as its pod asks; the reason is a kubelet's word for the same case.</summary>
internal sealed class ContainerConfigException(string reason, string message) : Exception(message)
{
    public string Reason { get; } = reason;
}

/// <summary>The environment of a container, read anew at each start: a restarted container sees what its ConfigMaps say by then.</summary>
internal sealed partial class ContainerEnvironment(ClusterView view)
{
    private const string ConfigError = "CreateContainerConfigError";

    private static readonly Dictionary<string, string> Base = new(StringComparer.Ordinal)
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = "/root",
    };

    /// <param name="image">Variables that the image sets.</param>
    /// <param name="api">Told to a pod that has a service account; null for others.</param>
    public IReadOnlyDictionary<string, string> Of(
        V1Pod pod,
        V1Container container,
        IReadOnlyDictionary<string, string> image,
        string podIp,
        IPEndPoint? api = null
    )
    {
        var @namespace = pod.Metadata.NamespaceProperty;
        var result = new Dictionary<string, string>(Base, StringComparer.Ordinal) { ["HOSTNAME"] = pod.Spec.Hostname ?? pod.Metadata.Name };
        foreach (var (key, value) in image)
        {
            result[key] = value;
        }

        if (api is not null)
        {
            result["KUBERNETES_SERVICE_HOST"] = api.Address.ToString();
            result["KUBERNETES_SERVICE_PORT"] = api.Port.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var source in container.EnvFrom ?? [])
        {
            foreach (var (key, value) in Whole(@namespace, source))
            {
                result[source.Prefix + key] = value;
            }
        }

        foreach (var variable in container.Env ?? [])
        {
            if (variable.ValueFrom is not { } from)
            {
                result[variable.Name] = Expand(variable.Value ?? "", result);
            }
            else if (From(pod, from, podIp) is { } value)
            {
                result[variable.Name] = value;
            }
        }

        return result;
    }

    /// <summary>Replaces $(NAME); an unknown name stays as written and $$ is one dollar, as in Kubernetes.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables) =>
        Reference()
            .Replace(
                text,
                match =>
                    match.Value == "$$" ? "$"
                    : variables.TryGetValue(match.Groups[1].Value, out var value) ? value
                    : match.Value
            );

    private IEnumerable<KeyValuePair<string, string>> Whole(string @namespace, V1EnvFromSource source)
    {
        if (source.ConfigMapRef is { } configMap)
        {
            var found = view.ConfigMaps.Get(@namespace, configMap.Name);
            return found is not null ? found.Data ?? new Dictionary<string, string>()
                : configMap.Optional == true ? []
                : throw Missing("configmap", configMap.Name);
        }

        if (source.SecretRef is { } secret)
        {
            var found = view.Secrets.Get(@namespace, secret.Name);
            return found is not null
                    ? (found.Data ?? new Dictionary<string, byte[]>()).Select(entry =>
                        KeyValuePair.Create(entry.Key, Encoding.UTF8.GetString(entry.Value))
                    )
                : secret.Optional == true ? []
                : throw Missing("secret", secret.Name);
        }

        return [];
    }

    private string? From(V1Pod pod, V1EnvVarSource from, string podIp)
    {
        var @namespace = pod.Metadata.NamespaceProperty;
        if (from.FieldRef is { } field)
        {
            return Field(pod, field.FieldPath, podIp);
        }

        if (from.ConfigMapKeyRef is { } configMap)
        {
            return view.ConfigMaps.Get(@namespace, configMap.Name)?.Data?.TryGetValue(configMap.Key, out var value) == true ? value
                : configMap.Optional == true ? null
                : throw Missing("configmap", $"{configMap.Name}, key {configMap.Key},");
        }

        if (from.SecretKeyRef is { } secret)
        {
            return view.Secrets.Get(@namespace, secret.Name)?.Data?.TryGetValue(secret.Key, out var value) == true
                    ? Encoding.UTF8.GetString(value)
                : secret.Optional == true ? null
                : throw Missing("secret", $"{secret.Name}, key {secret.Key},");
        }

        throw new ContainerConfigException(ConfigError, "the sandbox knows env from fieldRef, configMapKeyRef and secretKeyRef only");
    }

    private static string Field(V1Pod pod, string path, string podIp) =>
        path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => pod.Metadata.NamespaceProperty,
            "metadata.uid" => pod.Metadata.Uid,
            "status.podIP" => podIp,
            "spec.nodeName" => pod.Spec.NodeName ?? "",
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "",
            _ when KeyedField().Match(path) is { Success: true } keyed => (
                keyed.Groups[1].Value == "labels" ? pod.Metadata.Labels : pod.Metadata.Annotations
            )?.TryGetValue(keyed.Groups[2].Value, out var value) == true
                ? value
                : "",
            _ => throw new ContainerConfigException(ConfigError, $"the sandbox does not know fieldRef {path}"),
        };

    private static ContainerConfigException Missing(string kind, string name) => new(ConfigError, $"{kind} \"{name}\" not found");

    [GeneratedRegex(@"\$\$|\$\(([^()]+)\)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^metadata\.(labels|annotations)\['([^']+)'\]$")]
    private static partial Regex KeyedField();
}
