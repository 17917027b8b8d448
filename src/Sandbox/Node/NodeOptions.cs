using System.Net;
using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>The one node of the sandbox.</summary>
internal sealed record NodeOptions
{
    /// <summary>Folder of volumes, logs and what pods see of ConfigMaps.</summary>
    public required string Directory { get; init; }

    /// <summary>Folder that scripts/binaries.sh fills.</summary>
    public required string Binaries { get; init; }

    public string Name { get; init; } = "sandbox-1";

    /// <summary>The node's own address on the bridge of the pods; API server and DNS listen on it.</summary>
    public IPAddress Address { get; init; } = IPAddress.Parse("10.128.0.1");

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

    public string LogFolder(string @namespace, string pod) => Path.Combine(Directory, "logs", @namespace, pod);

    public string VolumeFolder(string @namespace, string claim, string uid) => Path.Combine(Directory, "volumes", @namespace, $"{claim}_{uid}");

    public string PodFolder(string uid) => Path.Combine(Directory, "pods", uid);
}
