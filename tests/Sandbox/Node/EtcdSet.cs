using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Node;

/// <summary>A StatefulSet with one real etcd, as the operator would make one, and what it needs.</summary>
internal static class EtcdSet
{
    public const string Name = "orders-0";
    public const string Pod = "orders-0-0";
    public const string Service = "orders-peers";
    public const string Boot = "orders-0-boot";

    public static V1Service PeerService() =>
        new()
        {
            Metadata = new() { Name = Service },
            Spec = new()
            {
                ClusterIP = "None",
                PublishNotReadyAddresses = true,
                Selector = new Dictionary<string, string> { ["app"] = "orders" },
                Ports = [new() { Name = "client", Port = 2379 }, new() { Name = "peer", Port = 2380 }],
            },
        };

    public static V1ConfigMap BootMap(string @namespace, string state, string? extraValue = null) =>
        new()
        {
            Metadata = new() { Name = Boot },
            Data = new Dictionary<string, string>
            {
                ["ETCD_INITIAL_CLUSTER"] = $"{Name}=http://{Pod}.{Service}.{@namespace}.svc:2380",
                ["ETCD_INITIAL_CLUSTER_STATE"] = state,
                ["ETCD_INITIAL_CLUSTER_TOKEN"] = extraValue ?? "one",
            },
        };

    public static V1StatefulSet Set(string version = "3.5.16") =>
        new()
        {
            Metadata = new() { Name = Name },
            Spec = new()
            {
                ServiceName = Service,
                Replicas = 1,
                UpdateStrategy = new() { Type = "OnDelete" },
                Selector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "orders" } },
                Template = new()
                {
                    Metadata = new() { Labels = new Dictionary<string, string> { ["app"] = "orders" } },
                    Spec = new()
                    {
                        TerminationGracePeriodSeconds = 10,
                        Containers =
                        [
                            new()
                            {
                                Name = "etcd",
                                Image = $"gcr.io/etcd-development/etcd:v{version}",
                                Command = ["/usr/local/bin/etcd"],
                                Args =
                                [
                                    $"--name={Name}",
                                    "--data-dir=/var/lib/etcd/data",
                                    "--listen-peer-urls=http://0.0.0.0:2380",
                                    "--listen-client-urls=http://0.0.0.0:2379",
                                    $"--initial-advertise-peer-urls=http://$(POD_NAME).{Service}.$(POD_NAMESPACE).svc:2380",
                                    $"--advertise-client-urls=http://$(POD_NAME).{Service}.$(POD_NAMESPACE).svc:2379",
                                ],
                                Env =
                                [
                                    new()
                                    {
                                        Name = "POD_NAME",
                                        ValueFrom = new() { FieldRef = new() { FieldPath = "metadata.name" } },
                                    },
                                    new()
                                    {
                                        Name = "POD_NAMESPACE",
                                        ValueFrom = new() { FieldRef = new() { FieldPath = "metadata.namespace" } },
                                    },
                                ],
                                EnvFrom = [new() { ConfigMapRef = new() { Name = Boot } }],
                                Ports = [new() { Name = "client", ContainerPort = 2379 }, new() { Name = "peer", ContainerPort = 2380 }],
                                ReadinessProbe = new()
                                {
                                    HttpGet = new() { Path = "/health", Port = "client" },
                                    PeriodSeconds = 1,
                                },
                                LivenessProbe = new()
                                {
                                    TcpSocket = new() { Port = 2380 },
                                    PeriodSeconds = 5,
                                },
                                TerminationMessagePolicy = "FallbackToLogsOnError",
                                VolumeMounts = [new() { Name = "data", MountPath = "/var/lib/etcd" }],
                            },
                        ],
                    },
                },
                VolumeClaimTemplates =
                [
                    new()
                    {
                        Metadata = new() { Name = "data" },
                        Spec = new()
                        {
                            AccessModes = ["ReadWriteOnce"],
                            Resources = new() { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new("1Gi") } },
                        },
                    },
                ],
            },
        };
}
