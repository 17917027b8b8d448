using GitOpsOperator.Sandbox.Api;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>What a container's worker needs of its pod.</summary>
internal interface IPodOfContainer
{
    V1Pod Pod { get; }

    PodAddress Place { get; }

    NodeOptions Options { get; }

    TimeProvider Time { get; }

    ILogger Logger { get; }

    /// <summary>Held while a container is being started, and by a fault that must not meet one half started.</summary>
    SemaphoreSlim StartGate { get; }

    /// <summary>Everything that one start needs, read anew. Throws <see cref="ContainerConfigException"/> for what is missing.</summary>
    ContainerLaunch Resolve(V1Container container);

    void StatusChanged();
}

/// <summary>Keeps one container running: starts it, probes it, starts it again when it ends, stops it when its pod ends.</summary>
internal sealed class ContainerWorker(IPodOfContainer owner, V1Container container, bool runsOnce = false)
{
    private static readonly TimeSpan MissingRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly RestartBackOff _backOff = new(
        owner.Options.RestartPause,
        owner.Options.RestartPauseMost,
        owner.Options.RestartPauseForgotten
    );
    private V1ContainerState _state = Waiting("ContainerCreating", null);
    private V1ContainerState? _lastState;
    private ContainerProcess? _process;
    private ContainerRun? _run;
    private ContainerRun? _runBefore;
    private int _starts;
    private bool _started;
    private bool _ready;

    public string Name => container.Name;

    /// <summary>Whether it has ended and will not be started again.</summary>
    public bool Done { get; private set; }

    public V1ContainerStatus Status()
    {
        lock (_gate)
        {
            return new V1ContainerStatus
            {
                Name = container.Name,
                Image = container.Image,
                ImageID = "",
                State = _state,
                LastState = _lastState,
                Ready = _ready,
                Started = _started,
                RestartCount = Math.Max(0, _starts - 1),
                ContainerID = _starts == 0 ? null : $"sandbox://{owner.Pod.Metadata.Uid}/{container.Name}/{_starts}",
            };
        }
    }

    /// <summary>SIGKILL to the container's process, if it runs; returns once it has ended.</summary>
    public async Task<bool> KillAsync()
    {
        ContainerProcess? process;
        lock (_gate)
        {
            process = _process;
        }

        if (process is null)
        {
            return false;
        }

        process.Signal(ContainerProcess.SigKill);
        await process.Exited;
        return true;
    }

    /// <summary>Sends a signal that the process survives, if it runs.</summary>
    public bool Signal(int signal)
    {
        lock (_gate)
        {
            _process?.Signal(signal);
            return _process is not null;
        }
    }

    /// <summary>Null while it does not run.</summary>
    public IContainerShell? Shell()
    {
        lock (_gate)
        {
            return _process;
        }
    }

    /// <summary>
    /// The run that it is in, or the last one; with <paramref name="previous"/> the one that ended before its last restart. Null where
    /// there is none.
    /// </summary>
    public ContainerRun? Run(bool previous)
    {
        lock (_gate)
        {
            // Between two runs the last one is both.
            return previous && _state.Waiting is null ? _runBefore : _run;
        }
    }

    /// <summary>Runs until the container has ended for good, or the pod is stopped; then the process is gone.</summary>
    public async Task RunAsync(Func<TimeSpan> grace, CancellationToken cancellationToken)
    {
        try
        {
            while (!Done)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (TryResolve() is { } launch)
                {
                    await RunOnceAsync(launch, grace, cancellationToken);
                }
                else
                {
                    await Task.Delay(MissingRetry, owner.Time, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Change(() => (_ready, Done) = (false, true));
        }
    }

    private ContainerLaunch? TryResolve()
    {
        try
        {
            return owner.Resolve(container);
        }
        catch (ContainerConfigException e)
        {
            Change(() => _state = Waiting(e.Reason, e.Message));
        }
        catch (Binaries.UnknownImageException e)
        {
            Change(() => _state = Waiting("ErrImagePull", e.Message));
        }

        return null;
    }

    private async Task RunOnceAsync(ContainerLaunch launch, Func<TimeSpan> grace, CancellationToken cancellationToken)
    {
        var log = Path.Combine(
            owner.Options.LogFolder(owner.Pod.Metadata.NamespaceProperty, owner.Pod.Metadata.Name),
            container.Name + ".log"
        );
        var run = new ContainerRun(log, ContainerRun.Length(log));
        var startedAt = owner.Time.GetUtcNow().UtcDateTime;
        var startStamp = owner.Time.GetTimestamp();
        using var process = await StartAsync(launch, run, startedAt, cancellationToken);
        var exitCode = await WatchAsync(process, grace, cancellationToken);
        run.End();
        var ran = owner.Time.GetElapsedTime(startStamp);
        var ended = new V1ContainerState
        {
            Terminated = new V1ContainerStateTerminated
            {
                ExitCode = exitCode,
                Signal = exitCode > 128 ? exitCode - 128 : null,
                Reason = exitCode == 0 ? "Completed" : "Error",
                Message = TerminationMessage.Read(container, launch.TerminationLog, log, run.LogStart, exitCode),
                StartedAt = startedAt,
                FinishedAt = owner.Time.GetUtcNow().UtcDateTime,
            },
        };
        var policy = runsOnce ? "OnFailure" : owner.Pod.Spec.RestartPolicy ?? "Always";
        var over = cancellationToken.IsCancellationRequested || policy == "Never" || (policy == "OnFailure" && exitCode == 0);
        Change(() =>
        {
            _process = null;
            (_state, _ready, _started, Done) = (ended, false, false, over);
            _lastState = over ? _lastState : ended;
        });
        if (!over)
        {
            await PauseAsync(ran, exitCode, cancellationToken);
        }
    }

    private async Task<ContainerProcess> StartAsync(
        ContainerLaunch launch,
        ContainerRun run,
        DateTime startedAt,
        CancellationToken cancellationToken
    )
    {
        await owner.StartGate.WaitAsync(cancellationToken);
        try
        {
            await File.WriteAllTextAsync(launch.TerminationLog, "", cancellationToken);
            var process = await ContainerProcess.StartAsync(
                launch,
                Path.ChangeExtension(launch.TerminationLog, ".info"),
                run.LogFile,
                owner.Time,
                cancellationToken
            );
            Change(() =>
            {
                _process = process;
                _starts++;
                (_runBefore, _run) = (_run, run);
                _state = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = startedAt } };
                _started = container.StartupProbe is null;
                _ready = _started && container.ReadinessProbe is null;
            });
            return process;
        }
        finally
        {
            owner.StartGate.Release();
        }
    }

    private async Task PauseAsync(TimeSpan ran, int exitCode, CancellationToken cancellationToken)
    {
        var pause = _backOff.Next(ran);
        owner.Logger.LogInformation(
            "container {Container} of pod {Pod} ended with {ExitCode} after {Ran}; started again in {Pause}",
            container.Name,
            owner.Pod.Metadata.Name,
            exitCode,
            ran,
            pause
        );
        if (pause > TimeSpan.Zero)
        {
            Change(() =>
                _state = Waiting(
                    "CrashLoopBackOff",
                    $"back-off {pause.TotalSeconds}s restarting failed container={container.Name} "
                        + $"pod={owner.Pod.Metadata.Name}_{owner.Pod.Metadata.NamespaceProperty}({owner.Pod.Metadata.Uid})"
                )
            );
            await Task.Delay(pause, owner.Time, cancellationToken);
        }
    }

    // Waits for the end of the process: by itself, by its pod's end, or because it is alive no more.
    private async Task<int> WatchAsync(ContainerProcess process, Func<TimeSpan> grace, CancellationToken cancellationToken)
    {
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var unwell = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var probes = ProbeAsync(process, unwell, probing.Token);
        try
        {
            // A probe that breaks (not: that fails) ends this wait as well, and its exception goes up.
            if (await Task.WhenAny(process.Exited, unwell.Task, probes, StoppedAsync(probing.Token)) == unwell.Task)
            {
                owner.Logger.LogWarning(
                    "container {Container} of pod {Pod} is killed: {Reason}",
                    container.Name,
                    owner.Pod.Metadata.Name,
                    await unwell.Task
                );
            }

            return process.Exited.IsCompleted ? await process.Exited : await process.StopAsync(grace(), owner.Time);
        }
        finally
        {
            await probing.CancelAsync();
            await probes;
        }
    }

    private static async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
    }

    private async Task ProbeAsync(ContainerProcess process, TaskCompletionSource<string> unwell, CancellationToken cancellationToken)
    {
        using var asking = new ContainerProbe(container, owner.Place.Address, process);
        try
        {
            if (container.StartupProbe is { } startup)
            {
                await Loop(startup)
                    .RunAsync(
                        reason =>
                        {
                            if (reason is not null)
                            {
                                return !unwell.TrySetResult($"startup probe: {reason}");
                            }

                            Change(() => (_started, _ready) = (true, container.ReadinessProbe is null));
                            return false;
                        },
                        cancellationToken
                    );
            }

            var readiness = container.ReadinessProbe is { } ready ? Loop(ready).RunAsync(Ready, cancellationToken) : Task.CompletedTask;
            var liveness = container.LivenessProbe is { } alive
                ? Loop(alive).RunAsync(reason => reason is null || !unwell.TrySetResult($"liveness probe: {reason}"), cancellationToken)
                : Task.CompletedTask;
            await Task.WhenAll(readiness, liveness);
            await StoppedAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }

        ProbeLoop Loop(V1Probe probe) => new(probe, cancellationToken => asking.AskAsync(probe, owner.Time, cancellationToken), owner.Time);

        bool Ready(string? reason)
        {
            if (_ready == reason is not null)
            {
                Change(() => _ready = reason is null);
            }

            return true;
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
        }

        owner.StatusChanged();
    }

    private static V1ContainerState Waiting(string reason, string? message) =>
        new()
        {
            Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message },
        };
}
