using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Writing;
using GitOpsOperator.Specs.Kubernetes;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Rendering;

/// <summary>
/// The Kubernetes objects of a Prometheus: pure functions of what is desired. Names, selectors and the claims' template are
/// prometheus-operator's. Nothing has an owner reference, so that removing the operator collects no object that holds or serves data.
/// </summary>
public static partial class PrometheusRendering
{
    /// <summary>Gives every replica its DNS name. One for all Prometheus of the namespace, so it says nothing of any of them.</summary>
    public static V1Service GoverningService(PrometheusDesired desired)
    {
        var service = new V1Service
        {
            ApiVersion = "v1",
            Kind = "Service",
            Metadata = new V1ObjectMeta
            {
                Name = PrometheusNames.GoverningService,
                NamespaceProperty = desired.Cluster.Namespace,
                Labels = new Dictionary<string, string>
                {
                    ["managed-by"] = ObjectLabels.FieldManager,
                    ["operated-prometheus"] = "true",
                    [ObjectLabels.Owner] = desired.Owner.Label,
                },
                Annotations = new Dictionary<string, string>(),
            },
            Spec = new V1ServiceSpec
            {
                ClusterIP = "None",
                Selector = new Dictionary<string, string> { ["app.kubernetes.io/name"] = "prometheus" },
                Ports =
                [
                    new V1ServicePort
                    {
                        Name = "web",
                        Port = PrometheusNames.WebPort,
                        Protocol = "TCP",
                        TargetPort = "web",
                    },
                ],
            },
        };
        return WithHash(service);
    }

    /// <summary>
    /// A shard's configuration as one plain file, and the files that it names: in one Secret, which a kubelet brings up to date as a whole.
    /// </summary>
    public static V1Secret Configuration(PrometheusDesired desired, PrometheusFiles files, int shard) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = Metadata(desired, new PrometheusNames(desired.Cluster).Configuration(shard), files.Shards[shard].Digest),
            Type = "Opaque",
            Data = files
                .Shards[shard]
                .Assets.Append(new(PrometheusNames.ConfigurationKey, files.Shards[shard].Text))
                .ToDictionary(file => file.Key, file => Encoding.UTF8.GetBytes(file.Value)),
        };

    public static V1ConfigMap Rules(PrometheusDesired desired, PrometheusFiles files, int index) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = Metadata(desired, new PrometheusNames(desired.Cluster).Rules(index), files.Rules[index].Digest),
            Data = new Dictionary<string, string>(files.Rules[index].Files),
        };

    /// <summary>What has to be remembered of this Prometheus, as <paramref name="live"/> has it.</summary>
    public static V1Secret Confirmed(PrometheusDesired desired, PrometheusLive live)
    {
        var metadata = Metadata(desired, new PrometheusNames(desired.Cluster).Confirmed, live.Confirmed?.Digest ?? "none");
        metadata.Annotations[ApprovalLive.Annotation] = live.Approval.Write();
        if (live.Reached is { } reached)
        {
            metadata.Annotations[ObjectLabels.DesiredHashAnnotation] = reached;
        }

        if (live.Held is { } held)
        {
            metadata.Annotations[HeldPrometheusChange.Annotation] = held.Write();
        }

        return new()
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = metadata,
            Type = "Opaque",
            Data = ConfirmedFiles.Data(live.Confirmed, live.Rejected),
        };
    }

    /// <summary>Hash of all that the document says of this Prometheus. It outlives every version of this operator.</summary>
    public static string DesiredHash(PrometheusDesired desired) =>
        Hash(CanonicalJson.Of(JsonSerializer.Deserialize<JsonElement>(desired.Spec.ToString())));

    public static string ServiceHash(PrometheusDesired desired) => HashOf(GoverningService(desired));

    private static V1ObjectMeta Metadata(PrometheusDesired desired, string name, string? digest = null)
    {
        var annotations = new Dictionary<string, string>
        {
            [ObjectLabels.PathAnnotation] = desired.Document.Location.Path,
            [ObjectLabels.RepositoryAnnotation] = desired.Repository,
        };
        if (digest is not null)
        {
            annotations[PrometheusLimits.DigestAnnotation] = digest;
        }

        return new()
        {
            Name = name,
            NamespaceProperty = desired.Cluster.Namespace,
            Labels = new Dictionary<string, string>
            {
                ["app.kubernetes.io/instance"] = desired.Cluster.Name,
                ["app.kubernetes.io/managed-by"] = ObjectLabels.FieldManager,
                ["app.kubernetes.io/name"] = "prometheus",
                [ObjectLabels.Cluster] = desired.Cluster.Name,
                [ObjectLabels.Owner] = desired.Owner.Label,
            },
            Annotations = annotations,
        };
    }

    /// <summary>A part of the document that is Kubernetes' own, as Kubernetes' type.</summary>
    private static T? Own<T>(SpecNode node)
        where T : class => node.Exists ? KubernetesJson.Deserialize<T>(node.ToString()) : null;

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static T WithHash<T>(T rendered)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        rendered.Metadata.Annotations[ObjectLabels.SpecHashAnnotation] = HashOf(rendered);
        return rendered;
    }

    /// <summary>Where a document stands in git is no part of it: a file that was moved must not make every pod look outdated.</summary>
    private static string HashOf<T>(T rendered)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var canonical = CanonicalJson.Of(JsonSerializer.Deserialize<JsonElement>(KubernetesJson.Serialize(rendered)), skip: "annotations");
        return Hash(canonical);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
