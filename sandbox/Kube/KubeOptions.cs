using System.Net;

namespace GitOpsOperator.Sandbox.Kube;

/// <summary>Which Kubernetes is started, where, and how much of it.</summary>
public sealed record KubeOptions
{
    /// <summary>Folder of kube-apiserver, kube-controller-manager and etcd, as KUBEBUILDER_ASSETS names it.</summary>
    public required string Assets { get; init; }

    /// <summary>Folder, made new, of their data, keys and logs; readable to its owner only.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the API server listens; port 0 takes a free one.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Further host names and addresses that its certificate is good for, e.g. of a forwarder.</summary>
    public IReadOnlyList<string> CertificateNames { get; init; } = ["localhost", "127.0.0.1"];

    /// <summary>
    /// What kube-controller-manager runs. Left out is what a node of ours would be at odds with: the binder of volumes, since claims are
    /// bound by the node itself, and those that take away the pods of a node that has no Node object.
    /// </summary>
    public IReadOnlyList<string> Controllers { get; init; } =
    [
        "namespace",
        "serviceaccount",
        "garbagecollector",
        "statefulset",
        "deployment",
        "replicaset",
        "disruption",
        "endpoint",
        "endpointslice",
        "pvc-protection",
        "pv-protection",
    ];

    /// <summary>Time until the API server must answer.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromMinutes(2);
}
