using System.Collections.Concurrent;
using System.Net;
using GitOpsOperator.Sandbox.Controllers.Scheduling;
using GitOpsOperator.Sandbox.Watches;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>
/// One node: runs every pod that was given to it, and has a folder for each claim whose volume is to be here. An ordinary API client, so it
/// serves an in-process API server and a real one alike.
/// </summary>
internal sealed class SandboxNode
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly NodeServices _services;
    private readonly ChangeSignal _changed = new();
    private readonly ChangeSignal _filesChanged = new();
    private readonly ConcurrentDictionary<(string Namespace, string Name), PodWorker> _pods = new();
    private readonly Dictionary<string, DateTimeOffset> _volumesDue = new(StringComparer.Ordinal);
    private volatile bool _lost;

    public SandboxNode(NodeServices services)
    {
        _services = services;
        services.View.Pods.Notify(_changed.Set);
        services.View.Claims.Notify(_changed.Set);
        services.View.ConfigMaps.Notify(_filesChanged.Set);
        services.View.Secrets.Notify(_filesChanged.Set);
    }

    /// <summary>The running pod of that name; null when there is none here.</summary>
    public PodWorker? Pod(string @namespace, string name) => _pods.GetValueOrDefault((@namespace, name));

    public string Name => _services.Options.Name;

    public bool IsLost => _lost;

    /// <summary>In what it is slow.</summary>
    public NodeDelays Delays => _services.Delays;

    /// <summary>
    /// Fault: the node is gone, as by a power cut. Its processes end, and nobody says anything of its pods any more; one that is deleted
    /// stays until that is done by force, or until <see cref="ComeUpAsync"/>. Kubernetes would also delete them after five minutes, which
    /// is left to whoever wants to see it.
    /// </summary>
    public async Task GoDownAsync(CancellationToken cancellationToken)
    {
        _lost = true;
        await NodeObject.WriteDownAsync(_services.Client, _services.Options, _services.Time, cancellationToken);
        await Task.WhenAll(_pods.Values.Select(pod => pod.NodeDownAsync(cancellationToken)));
    }

    /// <summary>Ends <see cref="GoDownAsync"/>, as a node that is started again: pods that are still its own run anew, on the volumes that
    /// they had.</summary>
    public async Task ComeUpAsync(CancellationToken cancellationToken)
    {
        await NodeObject.WriteUpAsync(_services.Client, _services.Options, _services.Time, cancellationToken);
        _lost = false;
        foreach (var pod in _pods.Values)
        {
            pod.NodeUp();
        }

        _changed.Set();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _services.View.AllListed.WaitAsync(cancellationToken);
        await NodeObject.RegisterAsync(_services.Client, _services.Options, _services.Time, cancellationToken);
        var refreshing = RefreshAsync(cancellationToken);
        try
        {
            while (true)
            {
                if (await SyncAsync(cancellationToken))
                {
                    await _changed.WaitAsync(cancellationToken);
                }
                else
                {
                    await _changed.WaitAsync(Retry, _services.Time, cancellationToken);
                }
            }
        }
        finally
        {
            await refreshing;
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _filesChanged.WaitAsync(cancellationToken);
                if (_services.Options.ProjectionDelay > TimeSpan.Zero)
                {
                    await Task.Delay(_services.Options.ProjectionDelay, _services.Time, cancellationToken);
                }

                foreach (var pod in _pods.Values)
                {
                    pod.RefreshVolumes();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
    }

    private async Task<bool> SyncAsync(CancellationToken cancellationToken)
    {
        var whole = true;
        foreach (
            var claim in _services.View.Claims.All.Where(claim =>
                !_lost && Placement.Home(claim) == Name && (claim.Status?.Phase != "Bound" || !Holds(claim))
            )
        )
        {
            whole &= HasVolume(claim) && await TryAsync($"claim {claim.Metadata.Name}", () => BindAsync(claim, cancellationToken));
        }

        foreach (var pod in _services.View.Pods.All.Where(pod => !_lost && pod.Spec.NodeName == Name))
        {
            Take(pod, cancellationToken);
        }

        foreach (var (key, worker) in _pods)
        {
            if (_services.View.Pods.Get(key.Namespace, key.Name)?.Metadata.Uid != worker.Pod.Metadata.Uid)
            {
                worker.Vanished();
            }
        }

        if (!_lost)
        {
            whole &= await DropVolumesAsync(cancellationToken);
        }

        return whole;
    }

    private void Take(V1Pod pod, CancellationToken cancellationToken)
    {
        var key = (pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        if (_pods.TryGetValue(key, out var running))
        {
            // A new pod of the same name waits until the old one has left; its end is a change as well.
            if (running.Pod.Metadata.Uid == pod.Metadata.Uid)
            {
                running.Observe(pod);
            }

            return;
        }

        var worker = new PodWorker(pod, _services);
        _pods[key] = worker;
        worker.Observe(pod);
        _ = RunPodAsync(key, worker, cancellationToken);
    }

    private async Task RunPodAsync((string Namespace, string Name) key, PodWorker worker, CancellationToken cancellationToken)
    {
        try
        {
            await worker.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
        catch (Exception e)
        {
            // One pod's error must not end the node. The pod is taken up again, and its status tells in the meantime.
            _services.Logger.LogError(e, "pod {Namespace}/{Pod} broke and is taken up again", key.Namespace, key.Name);
            await Task.Delay(Retry, _services.Time, CancellationToken.None);
        }
        finally
        {
            _pods.TryRemove(key, out _);
            _changed.Set();
        }
    }

    /// <summary>A new claim gets its volume after the delay that was drawn when it was first seen.</summary>
    private bool HasVolume(V1PersistentVolumeClaim claim)
    {
        var now = _services.Time.GetUtcNow();
        if (claim.Status?.Phase != "Bound" && !_volumesDue.ContainsKey(claim.Metadata.Uid))
        {
            _volumesDue[claim.Metadata.Uid] = now + Delays.Storage.Draw();
        }

        return !_volumesDue.TryGetValue(claim.Metadata.Uid, out var due) || due <= now;
    }

    /// <summary>A folder is as large as it is asked to be; it only has to be said.</summary>
    private static bool Holds(V1PersistentVolumeClaim claim) =>
        !string.IsNullOrEmpty(claim.Spec.VolumeName)
        && (
            claim.Spec.Resources?.Requests is not { } asked
            || (
                claim.Status?.Capacity is { } has
                && asked.All(entry => has.TryGetValue(entry.Key, out var size) && size.ToString() == entry.Value.ToString())
            )
        );

    private async Task BindAsync(V1PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        var folder = _services.Options.VolumeFolder(claim.Metadata.NamespaceProperty, claim.Metadata.Name, claim.Metadata.Uid);
        Directory.CreateDirectory(folder);
        try
        {
            await ClaimVolume.BindAsync(_services.Client, claim, Name, folder, cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // The claim is gone, or another of its name has come: the watch will say, and the folder and its volume go with it.
        }
    }

    // The folder of a deleted claim goes with it (reclaim policy Delete), but never from under a running pod.
    private async Task<bool> DropVolumesAsync(CancellationToken cancellationToken)
    {
        var (root, whole) = (_services.Options.VolumesFolder, true);
        if (!Directory.Exists(root))
        {
            return whole;
        }

        var keep = _services
            .View.Claims.All.Select(claim =>
                _services.Options.VolumeFolder(claim.Metadata.NamespaceProperty, claim.Metadata.Name, claim.Metadata.Uid)
            )
            .ToHashSet(StringComparer.Ordinal);
        foreach (
            var folder in Directory
                .EnumerateDirectories(root)
                .SelectMany(Directory.EnumerateDirectories)
                .Where(folder => !keep.Contains(folder))
        )
        {
            var (claim, uid) = Path.GetFileName(folder).Split('_') is [var first, var second] ? (first, second) : (folder, "");
            var @namespace = Path.GetFileName(Path.GetDirectoryName(folder));
            var used = _pods.Values.Any(pod =>
                pod.Pod.Metadata.NamespaceProperty == @namespace
                && (pod.Pod.Spec.Volumes ?? []).Any(volume => volume.PersistentVolumeClaim?.ClaimName == claim)
            );
            if (!used)
            {
                whole &= await TryAsync(
                    $"volume of claim {claim}",
                    async () =>
                    {
                        await ClaimVolume.DeleteAsync(_services.Client, uid, cancellationToken);
                        Directory.Delete(folder, recursive: true);
                    }
                );
            }
        }

        return whole;
    }

    private async Task<bool> TryAsync(string what, Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException)
        {
            _services.Logger.LogWarning(
                "{What}: {Reason} {Answer}; tried again",
                what,
                e.Message,
                (e as HttpOperationException)?.Response.Content
            );
            return false;
        }
    }
}
