namespace GitOpsOperator.Sandbox;

/// <summary>How a sandbox is started.</summary>
public sealed record SandboxOptions
{
    /// <summary>Folder of everything that the sandbox writes: kubeconfigs, volumes, logs.</summary>
    public required string Directory { get; init; }

    /// <summary>Folder that scripts/binaries.sh fills.</summary>
    public required string Binaries { get; init; }

    /// <summary>.NET programs of this machine that are images here: an image's name → the folder of its program, which has that
    /// name.</summary>
    public IReadOnlyDictionary<string, string> Programs { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder of bare repositories to be served over http, inside and outside; null serves none.</summary>
    public string? Repositories { get; init; }

    /// <summary>
    /// Folder of kube-apiserver, kube-controller-manager and etcd: the sandbox then runs on a real API server, whose own controllers make
    /// the pods. Null: on the one in this program.
    /// </summary>
    public string? KubeAssets { get; init; }

    /// <summary>
    /// How long pods keep the files that a ConfigMap or Secret had before a change. A kubelet takes up to about a minute; here it is none
    /// unless that is what is to be seen.
    /// </summary>
    public TimeSpan ProjectionDelay { get; init; }

    /// <summary>How long each node takes from a pod that it is given to its first container; see <see cref="Faults.SlowStart"/>.</summary>
    public DelayRange StartDelay { get; init; } = DelayRange.None;

    /// <summary>How long new claims are Pending; see <see cref="Faults.SlowStorage"/>.</summary>
    public DelayRange StorageDelay { get; init; } = DelayRange.None;

    /// <summary>How long addresses of ended pods swallow packets; see <see cref="Faults.SilentAddresses"/>.</summary>
    public DelayRange AddressSilence { get; init; } = DelayRange.None;

    /// <summary>Ports on this machine's 127.0.0.1 that the inside reaches under the same address: a forge, a web hook's receiver.</summary>
    public IReadOnlyList<int> Reach { get; init; } = [];
}
