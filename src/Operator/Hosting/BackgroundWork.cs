using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Outputs.CustomResources;
using GitOpsOperator.Operator.Outputs.Events;
using GitOpsOperator.Operator.Outputs.StatusBranch;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Modules;

namespace GitOpsOperator.Operator.Hosting;

/// <summary>Runs what runs for ever: what watches Kubernetes and, where asked, what writes the outputs.</summary>
internal sealed class BackgroundWork(
    ApiConnection connection,
    KubernetesCache cache,
    StopSwitch stop,
    IEnumerable<IClusterDomain> domains,
    ClusterSupervisor clusters,
    OperatorState state,
    EventWriter events,
    IEnumerable<CustomResourceMirror> mirrors,
    IEnumerable<StatusBranchWriter> writers
) : IAsyncDisposable
{
    private readonly CancellationTokenSource _lifetime = new();
    private readonly List<Task> _running = [];
    private int _disposed;

    /// <summary>Starts to watch Kubernetes; returns once live state is known.</summary>
    public async Task StartAsync(bool writeOutputs, CancellationToken cancellationToken)
    {
        Run(cache.RunAsync);
        Run(stop.RunAsync);
        if (writeOutputs)
        {
            Run(events.RunAsync);
            foreach (var mirror in mirrors)
            {
                Run(mirror.RunAsync);
            }

            foreach (var writer in writers)
            {
                Run(writer.RunAsync);
            }
        }

        var synced = Task.WhenAll([
            stop.WaitSyncedAsync(cancellationToken),
            .. domains.Select(domain => domain.WaitSyncedAsync(cancellationToken)),
        ]);
        await await Task.WhenAny([synced, .. _running]);
        state.IsLiveStateKnown = true;
    }

    /// <summary>For commands that a person waits for: as <see cref="StartAsync"/>, but not for ever, and without writing.</summary>
    /// <exception cref="IOException">Live state is not known in time; the message names the API server.</exception>
    public async Task StartWithinAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            await StartAsync(writeOutputs: false, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(
                $"The Kubernetes API at {connection.Client.BaseUri} has not answered with what is there within {timeout.TotalSeconds} s; "
                    + "see the warnings above, and check --kubeconfig, the network, and what the account may list and watch"
            );
        }
    }

    /// <summary>Ends when something that must run for ever has ended, with its exception.</summary>
    public async Task WhenBrokenAsync()
    {
        var ended = await Task.WhenAny(_running);
        if (!_lifetime.IsCancellationRequested)
        {
            await ended;
            throw new InvalidOperationException("A part of the operator that runs for ever has ended");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Stopped by the service, and disposed of once more by the host that made it.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _lifetime.CancelAsync();
        await clusters.DisposeAsync();
        foreach (var task in _running)
        {
            // Cancelled just now; an error has been reported by WhenBrokenAsync.
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _lifetime.Dispose();
    }

    private void Run(Func<CancellationToken, Task> work) => _running.Add(Task.Run(() => work(_lifetime.Token), CancellationToken.None));
}
