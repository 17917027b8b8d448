using System.Net;
using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>One node of the sandbox.</summary>
internal sealed record NodeOptions
{
    /// <summary>Folder of volumes, logs and what pods see of ConfigMaps.</summary>
    public required string Directory { get; init; }

    /// <summary>Folder that scripts/binaries.sh fills.</summary>
    public required string Binaries { get; init; }

    /// <summary>Three, so that a majority of three or five members that are spread survives the loss of one.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sandbox-1", "sandbox-2", "sandbox-3"];

    /// <summary>One of <see cref="Names"/>.</summary>
    public string Name { get; init; } = Names[0];

    /// <summary>The address of the machine that the nodes stand for, on the bridge of the pods; API server and DNS listen on it.</summary>
    public IPAddress Address { get; init; } = IPAddress.Parse("10.128.0.1");

    /// <summary>The node's own address: that of the machine for the first, and those that follow it for the others.</summary>
    public IPAddress HostAddress
    {
        get
        {
            var bytes = Address.GetAddressBytes();
            bytes[^1] += (byte)Names.ToList().IndexOf(Name);
            return new IPAddress(bytes);
        }
    }

    /// <summary>Where the API server listens for pods.</summary>
    public IPEndPoint ApiEndpoint => new(Address, SandboxInside.ApiPort);

    public int PrefixLength { get; init; } = 16;

    public string Bridge { get; init; } = "sandbox0";

    /// <summary>Pause before the second restart of a container that ended; doubles each time. A kubelet waits 10 s, up to 300 s.</summary>
    public TimeSpan RestartPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>As in <see cref="SandboxOptions.ProjectionDelay"/>.</summary>
    public TimeSpan ProjectionDelay { get; init; }

    public TimeSpan RestartPauseMost { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A container that ran this long has its pause forgotten (a kubelet's own figure).</summary>
    public TimeSpan RestartPauseForgotten { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a pod that is to end is at least to be seen ending. A kubelet looks for containers that have ended once a second; a pod
    /// that were gone sooner, and its successor of the same name there, would be missed by who waits for its end between two looks of his
    /// own, as kubectl does.
    /// </summary>
    public TimeSpan EndNoticed { get; init; } = TimeSpan.FromSeconds(1);

    public string LogFolder(string @namespace, string pod) => Path.Combine(Directory, "logs", @namespace, pod);

    /// <summary>Of this node's volumes, which no other node has.</summary>
    public string VolumesFolder => Path.Combine(Directory, "volumes", Name);

    public string VolumeFolder(string @namespace, string claim, string uid) => Path.Combine(VolumesFolder, @namespace, $"{claim}_{uid}");

    /// <summary>Of copies of volumes, by the volumes' own folders.</summary>
    public string CopyFolder(string volumeFolder) => Path.Combine(Directory, "copies", Path.GetFileName(volumeFolder));

    public string PodFolder(string uid) => Path.Combine(Directory, "pods", uid);
}
