using System.Collections.Concurrent;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>What can be made to happen to a pod.</summary>
internal sealed partial class PodWorker
{
    private readonly ConcurrentBag<PartitionTarget> _partitions = [];
    private readonly TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _lost;
    private bool _silent;

    /// <summary>Fault: SIGKILL to every container; they are started again as after any other end.</summary>
    public async Task<int> KillAsync() =>
        (await Task.WhenAll(_containers.Select(container => container.KillAsync()))).Count(killed => killed);

    /// <summary>Fault: SIGSTOP to every container. They keep their connections, and the kernel takes new ones for them, but nobody
    /// answers.</summary>
    public int Freeze() => _containers.Count(container => container.Signal(ContainerProcess.SigStop));

    /// <summary>Ends <see cref="Freeze"/>.</summary>
    public int Thaw() => _containers.Count(container => container.Signal(ContainerProcess.SigCont));

    /// <summary>Fault: nothing reaches the pod any more, and it reaches nothing, without a word to either side; the processes run
    /// on.</summary>
    /// <returns>False where it has no place on the network.</returns>
    public async Task<bool> PartitionAsync(CancellationToken cancellationToken)
    {
        if (_place is not { } place)
        {
            return false;
        }

        await NodeNetwork.PartitionAsync(place, cancellationToken);
        return true;
    }

    /// <summary>Fault: what the pod sends to one address does not arrive, without a word; the rest of the network is there.</summary>
    /// <returns>False where it has no place on the network.</returns>
    public async Task<bool> PartitionFromAsync(PartitionTarget target, CancellationToken cancellationToken)
    {
        if (_place is not { } place)
        {
            return false;
        }

        await NodeNetwork.PartitionFromAsync(place, target, cancellationToken);
        _partitions.Add(target);
        return true;
    }

    /// <summary>Ends <see cref="PartitionAsync"/> and every <see cref="PartitionFromAsync"/>.</summary>
    public async Task<bool> HealAsync(CancellationToken cancellationToken)
    {
        if (_place is not { } place)
        {
            return false;
        }

        await NodeNetwork.HealAsync(place, cancellationToken);
        while (_partitions.TryTake(out var target))
        {
            await NodeNetwork.HealFromAsync(place, target, cancellationToken);
        }

        return true;
    }

    /// <summary>
    /// Its node is gone: the processes end, and nobody says anything of the pod any more. What Kubernetes' node controller does once a node
    /// is silent is done here: the pod counts as not ready.
    /// </summary>
    public async Task NodeDownAsync(CancellationToken cancellationToken)
    {
        _lost = true;
        if (_place is { } place && _node.Delays.Silence != DelayRange.None)
        {
            // Before its processes end, or the others would hear their connections close.
            await FallSilentAsync(place);
        }

        Stop(TimeSpan.Zero);
        var ready = new V1PodCondition
        {
            Type = "Ready",
            Status = "False",
            Reason = "NodeLost",
            LastTransitionTime = Time.GetUtcNow().UtcDateTime,
        };
        try
        {
            await _node.Client.CoreV1.PatchNamespacedPodStatusAsync(
                new V1Patch(new { status = new { conditions = new[] { ready } } }, V1Patch.PatchType.StrategicMergePatch),
                Pod.Metadata.Name,
                Pod.Metadata.NamespaceProperty,
                cancellationToken: cancellationToken
            );
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            Logger.LogDebug("pod {Pod} is gone, and its loss is not written", Pod.Metadata.Name);
        }
    }

    private async Task FallSilentAsync(PodAddress place)
    {
        if (!_silent)
        {
            _silent = true;
            await NodeNetwork.FallSilentAsync(place, CancellationToken.None);
        }
    }

    /// <summary>Its node is there again: the pod, if it is still wanted, is taken up by a new worker.</summary>
    public void NodeUp() => _returned.TrySetResult();

    /// <summary>Fault: SIGKILL, and all that stands on the pod's claims is gone before a container starts again.</summary>
    public async Task<int> WipeAsync(CancellationToken cancellationToken)
    {
        await StartGate.WaitAsync(cancellationToken);
        try
        {
            var killed = await KillAsync();
            foreach (var folder in _volumes.ClaimFolders())
            {
                Empty(folder);
            }

            return killed;
        }
        finally
        {
            StartGate.Release();
        }
    }

    /// <summary>
    /// Copies what stands on the pod's claims. Its processes stand still meanwhile, so the copy is of one moment, as after a power cut.
    /// </summary>
    public async Task CopyVolumeAsync(CancellationToken cancellationToken)
    {
        await StartGate.WaitAsync(cancellationToken);
        try
        {
            Freeze();
            foreach (var folder in _volumes.ClaimFolders())
            {
                var copy = Options.CopyFolder(folder);
                if (Directory.Exists(copy))
                {
                    Directory.Delete(copy, recursive: true);
                }

                Directory.CreateDirectory(copy);
                await CopyAsync(folder, copy, cancellationToken);
            }
        }
        finally
        {
            Thaw();
            StartGate.Release();
        }
    }

    /// <summary>Fault: SIGKILL, and the pod's claims hold what <see cref="CopyVolumeAsync"/> copied before a container starts
    /// again.</summary>
    /// <returns>False where nothing was copied of one of them; nothing happens then.</returns>
    public async Task<bool> PutOldVolumeBackAsync(CancellationToken cancellationToken)
    {
        await StartGate.WaitAsync(cancellationToken);
        try
        {
            var folders = _volumes.ClaimFolders();
            if (folders.Count == 0 || folders.Any(folder => !Directory.Exists(Options.CopyFolder(folder))))
            {
                return false;
            }

            await KillAsync();
            foreach (var folder in folders)
            {
                Empty(folder);
                await CopyAsync(Options.CopyFolder(folder), folder, cancellationToken);
            }

            return true;
        }
        finally
        {
            StartGate.Release();
        }
    }

    // What a member preallocates is holes, and stays so.
    private static Task<string> CopyAsync(string from, string to, CancellationToken cancellationToken) =>
        HostProgram.RunAsync("cp", ["-a", "--sparse=always", from + "/.", to], cancellationToken);

    private static void Empty(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
