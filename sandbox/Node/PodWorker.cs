using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.Binaries;
using GitOpsOperator.Sandbox.Dns;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>The parts of the node that every pod uses.</summary>
internal sealed record NodeServices(
    IKubernetes Client,
    ClusterView View,
    NodeOptions Options,
    NodeDelays Delays,
    NodeNetwork Network,
    ImageBinaries Images,
    ServiceAccountFiles Accounts,
    TimeProvider Time,
    ILogger Logger
);

/// <summary>One pod on the node, from its network to its last status.</summary>
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "Told to stop by others up to its end, and neither its token source nor its gate holds anything to release."
)]
internal sealed partial class PodWorker : IPodOfContainer
{
    // What a pod still gets that was taken from the API server without a grace period.
    private static readonly TimeSpan ForcedGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MissingRetry = TimeSpan.FromSeconds(1);

    private readonly NodeServices _node;
    private readonly PodVolumes _volumes;
    private readonly PodStatus _status;
    private readonly ContainerEnvironment _environment;
    private readonly List<ContainerWorker> _init;
    private readonly List<ContainerWorker> _containers;
    private readonly ChangeSignal _statusChanged = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _vanished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly string _folder;
    private volatile V1Pod _pod;
    private volatile PodAddress? _place;
    private volatile bool _initialized;
    private volatile string? _account;
    private TimeSpan? _grace;
    private long? _endAsked;
    private string? _published;

    public PodWorker(V1Pod pod, NodeServices node)
    {
        (_pod, _node) = (pod, node);
        _folder = node.Options.PodFolder(pod.Metadata.Uid);
        _volumes = new PodVolumes(pod, node.View, node.Options);
        _status = new PodStatus(node.Options, node.Time);
        _environment = new ContainerEnvironment(node.View);
        _init = [.. (pod.Spec.InitContainers ?? []).Select(container => new ContainerWorker(this, container, runsOnce: true))];
        _containers = [.. pod.Spec.Containers.Select(container => new ContainerWorker(this, container))];
    }

    public V1Pod Pod => _pod;

    public PodAddress Place => _place ?? throw new InvalidOperationException($"pod {Pod.Metadata.Name} is not on the network yet");

    public NodeOptions Options => _node.Options;

    public TimeProvider Time => _node.Time;

    public ILogger Logger => _node.Logger;

    public SemaphoreSlim StartGate { get; } = new(1);

    public void StatusChanged() => _statusChanged.Set();

    /// <summary>Takes in the pod as the API server has it now: a deletion that was asked for begins.</summary>
    public void Observe(V1Pod latest)
    {
        _pod = latest;
        if (latest.Metadata.DeletionTimestamp is not null)
        {
            _endAsked ??= Time.GetTimestamp();
            Stop(TimeSpan.FromSeconds(latest.Metadata.DeletionGracePeriodSeconds ?? latest.Spec.TerminationGracePeriodSeconds ?? 30));
        }
    }

    /// <summary>The API server has the pod no more.</summary>
    public void Vanished()
    {
        _vanished.TrySetResult();
        Stop(ForcedGrace);
    }

    /// <exception cref="ApiException">As <see cref="IContainers.Find"/> says.</exception>
    public IContainerShell Shell(string? container)
    {
        var found = Named(container, _containers);
        return found.Shell() ?? throw ApiException.BadRequest($"container {found.Name} of pod {Pod.Metadata.Name} does not run");
    }

    /// <exception cref="ApiException">As <see cref="IContainers.Run"/> says.</exception>
    public ContainerRun Run(string? container, bool previous)
    {
        var found = Named(container, [.. _init, .. _containers]);
        return found.Run(previous)
            ?? throw ApiException.BadRequest(
                previous
                    ? $"previous terminated container \"{found.Name}\" in pod \"{Pod.Metadata.Name}\" not found"
                    : $"container \"{found.Name}\" in pod \"{Pod.Metadata.Name}\" is waiting to start: "
                        + $"{found.Status().State.Waiting?.Reason}"
            );
    }

    /// <exception cref="ApiException">As <see cref="IContainers.ConnectAsync"/> says.</exception>
    public Task<Socket> ConnectAsync(int port, CancellationToken cancellationToken) =>
        PodSocket.ConnectAsync(
            _place ?? throw ApiException.BadRequest($"pod {Pod.Metadata.Name} is not on the network"),
            port,
            cancellationToken
        );

    private ContainerWorker Named(string? container, List<ContainerWorker> among) =>
        container is not null
            ? among.Find(one => one.Name == container)
                ?? throw ApiException.BadRequest($"container {container} is not valid for pod {Pod.Metadata.Name}")
        : among is [var only] ? only
        : throw ApiException.BadRequest(
            $"a container name must be specified for pod {Pod.Metadata.Name}, choose one of: "
                + $"[{string.Join(' ', among.Select(one => one.Name))}]"
        );

    /// <summary>Brings projected ConfigMaps and Secrets up to date.</summary>
    public void RefreshVolumes()
    {
        if (_place is null || _stop.IsCancellationRequested)
        {
            return;
        }

        try
        {
            _volumes.Prepare();
        }
        catch (ContainerConfigException e)
        {
            // A running pod keeps the files that it has, as under a kubelet.
            Logger.LogDebug("volumes of pod {Pod} stay as they are: {Reason}", Pod.Metadata.Name, e.Message);
        }
    }

    public ContainerLaunch Resolve(V1Container container) => Resolve(container, _node.Images.Resolve(container.Image));

    private ContainerLaunch Resolve(V1Container container, ImageContent image) =>
        new()
        {
            Pod = Pod,
            Container = container,
            Image = image,
            Place = Place,
            Files = new PodFiles(Path.Combine(_folder, "hosts"), Path.Combine(_folder, "resolv.conf"), Path.Combine(_folder, "passwd")),
            Environment = _environment.Of(
                Pod,
                container,
                image.Environment,
                Place.Address.ToString(),
                _account is null ? null : _node.Options.ApiEndpoint
            ),
            ServiceAccount = _account,
            Volumes = _volumes.Prepare(),
            TerminationLog = Path.Combine(_folder, container.Name + ".termination"),
        };

    /// <summary>Runs until the pod is stopped and gone, from the node and from the API server.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var publishing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var ending = cancellationToken.Register(() => Stop(TimeSpan.Zero));
        var publisher = PublishAsync(publishing.Token);
        try
        {
            await RunContainersAsync(_stop.Token);
        }
        catch
        {
            // The pod is taken up again by a new worker, with a network of its own.
            await KillAsync();
            await LeaveNetworkAsync();
            throw;
        }
        finally
        {
            await publishing.CancelAsync();
            await publisher;
        }

        if (_lost)
        {
            // The processes are gone, and nobody is there to say so: the pod stays until its node is back, or somebody takes it from the
            // API server by force.
            await LeaveNetworkAsync();
            if (await Task.WhenAny(_vanished.Task, _returned.Task).WaitAsync(cancellationToken) == _returned.Task)
            {
                return;
            }
        }

        await CleanUpAsync(cancellationToken);
    }

    private async Task RunContainersAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_node.Delays.Start.Draw() is { Ticks: > 0 } delay)
            {
                // As under a kubelet that pulls an image or attaches a volume: the pod has no address yet, and its status says
                // ContainerCreating.
                await Task.Delay(delay, Time, cancellationToken);
            }

            Directory.CreateDirectory(_folder);
            Directory.CreateDirectory(Options.LogFolder(Pod.Metadata.NamespaceProperty, Pod.Metadata.Name));
            _place = await _node.Network.AddAsync(cancellationToken);
            WriteFiles();
            _account = await _node.Accounts.WriteAsync(Pod, Path.Combine(_folder, "serviceaccount"), cancellationToken);
            StatusChanged();
            foreach (var container in _init)
            {
                await container.RunAsync(Grace, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            _initialized = true;
            StatusChanged();
            await Task.WhenAll(_containers.Select(container => container.RunAsync(Grace, cancellationToken)));

            // A pod whose containers have all ended stays, with its status, until someone deletes it.
            await Task.Delay(Timeout.InfiniteTimeSpan, Time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
    }

    private async Task LeaveNetworkAsync()
    {
        if (_place is { } place)
        {
            _place = null;
            if (_node.Delays.Silence.Draw() is { Ticks: > 0 } silence)
            {
                await FallSilentAsync(place);
                _ = LeaveLaterAsync(place, silence);
            }
            else
            {
                await _node.Network.RemoveAsync(place, CancellationToken.None);
            }
        }
    }

    private async Task LeaveLaterAsync(PodAddress place, TimeSpan silence)
    {
        try
        {
            await Task.Delay(silence, Time, CancellationToken.None);
            await _node.Network.RemoveAsync(place, CancellationToken.None);
        }
        catch (HostProgramException e)
        {
            Logger.LogWarning("address {Address} of pod {Pod} stays taken: {Reason}", place.Address, Pod.Metadata.Name, e.Message);
        }
    }

    private void WriteFiles()
    {
        var host = Pod.Spec.Hostname ?? Pod.Metadata.Name;
        var @namespace = Pod.Metadata.NamespaceProperty;
        var domain = string.IsNullOrEmpty(Pod.Spec.Subdomain)
            ? ""
            : $"{host}.{Pod.Spec.Subdomain}.{@namespace}.svc.{ServiceRecords.ClusterDomain}\t";
        File.WriteAllText(Path.Combine(_folder, "hosts"), $"127.0.0.1\tlocalhost\n::1\tlocalhost\n{Place.Address}\t{domain}{host}\n");
        File.WriteAllText(Path.Combine(_folder, "resolv.conf"), ResolvConf.For(Options, @namespace));
        File.WriteAllText(
            Path.Combine(_folder, "passwd"),
            "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"
        );
    }

    private void Stop(TimeSpan grace)
    {
        lock (_gate)
        {
            // A later, shorter period (delete --force after delete) holds for what has not been asked to end yet.
            _grace = _grace is { } known && known < grace ? known : grace;
        }

        _stop.Cancel();
    }

    private TimeSpan Grace()
    {
        lock (_gate)
        {
            return _grace ?? TimeSpan.FromSeconds(Pod.Spec.TerminationGracePeriodSeconds ?? 30);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await PublishOnceAsync(cancellationToken);
                await _statusChanged.WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
    }

    private async Task PublishOnceAsync(CancellationToken cancellationToken)
    {
        var status = _status.Build(Pod, _place, _initialized, [.. _init.Select(c => c.Status())], [.. _containers.Select(c => c.Status())]);
        var json = KubernetesJson.Serialize(status);
        if (json == _published || _lost)
        {
            return;
        }

        try
        {
            await _node.Client.CoreV1.PatchNamespacedPodStatusAsync(
                new V1Patch(StatusPatch.Of(status), V1Patch.PatchType.MergePatch),
                Pod.Metadata.Name,
                Pod.Metadata.NamespaceProperty,
                cancellationToken: cancellationToken
            );
            _published = json;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            Logger.LogDebug("pod {Pod} is gone, its status is not written", Pod.Metadata.Name);
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException)
        {
            Logger.LogWarning(
                "status of pod {Pod} cannot be written, tried again: {Reason} {Answer}",
                Pod.Metadata.Name,
                e.Message,
                (e as HttpOperationException)?.Response.Content
            );
            await Task.Delay(MissingRetry, Time, cancellationToken);
            StatusChanged();
        }
    }

    private async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        await LeaveNetworkAsync();
        _volumes.Remove();
        if (_endAsked is { } asked && Options.EndNoticed - Time.GetElapsedTime(asked) is { Ticks: > 0 } early)
        {
            // Ended by force from here on: whoever takes the pod from the API server waits no longer.
            await Task.WhenAny(_vanished.Task, Task.Delay(early, Time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        try
        {
            await _node.Client.CoreV1.DeleteNamespacedPodAsync(
                Pod.Metadata.Name,
                Pod.Metadata.NamespaceProperty,
                new V1DeleteOptions
                {
                    GracePeriodSeconds = 0,
                    Preconditions = new V1Preconditions { Uid = Pod.Metadata.Uid },
                },
                cancellationToken: cancellationToken
            );
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone already, or another pod has the name by now.
        }
    }
}
