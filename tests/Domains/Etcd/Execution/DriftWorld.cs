using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Writing;
using GitOpsOperator.Specs;
using GitOpsOperator.TestKit;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(GitOpsOperator.Domains.Etcd.Tests.Execution.DriftWorld))]

namespace GitOpsOperator.Domains.Etcd.Tests.Execution;

/// <summary>A converged cluster of one real member under control, of which each test changes something and which each leaves as it
/// was.</summary>
public sealed class DriftWorld : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _once = new(1, 1);
    private OneMemberWorld? _world;
    private IClusterControl? _control;
    private Task _loop = Task.CompletedTask;

    internal OneMemberWorld World => _world!;

    public IKubernetes Client => World.Client;

    public ImmutableArray<DriftEntry> Drifts => _control!.Report?.Drifts ?? [];

    internal ClusterReport? Report => _control!.Report;

    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            if (_world is null)
            {
                var world = await OneMemberWorld.StartAsync("3.5.16");
                _world = world;
                var timing = new ReconcileTiming
                {
                    Resync = TimeSpan.FromSeconds(1),
                    MinInterval = TimeSpan.FromMilliseconds(20),
                    Progress = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)),
                };
                var services = new DomainServices(
                    world.Client,
                    world.Cache,
                    OneMemberWorld.Owner,
                    Leadership.Unconditional,
                    timing,
                    TimeProvider.System,
                    NullLoggerFactory.Instance
                );
                var domain = new EtcdDomain(services, world.View, world.Endpoints, world.Observer, world.Executor);
                _control = domain.Control(OneMemberWorld.Cluster, () => { });
                Desire(DriftMode.Correct);
                _loop = _control.RunAsync(_stop.Token);
                await world.RunSeedAsync();
            }
        }
        finally
        {
            _once.Release();
        }

        await SetModeAsync(DriftMode.Correct, cancellationToken);
        await UntilAsync(
            () => Report is { Phase: ClusterPhase.Converged } && Drifts.All(entry => entry.CuredAt is not null || !entry.Fact.Differs),
            "converged",
            cancellationToken
        );
    }

    public async Task SetModeAsync(DriftMode mode, CancellationToken cancellationToken)
    {
        Desire(mode);
        await UntilAsync(
            () => World.Observer.RecordOf(OneMemberWorld.Cluster, OneMemberWorld.Owner)?.Accepted?.Spec.Mode == mode,
            $"mode {mode} accepted",
            cancellationToken
        );
    }

    public Task UntilAsync(Func<bool> condition, string what, CancellationToken cancellationToken) =>
        Eventually.TrueAsync(
            condition,
            () =>
                $"{what}\n{Report?.Phase} {Report?.CurrentStep} "
                + $"{Report?.Blocker}\n{string.Join('\n', Drifts)}\n{World.Seed.Log[^Math.Min(500, World.Seed.Log.Length)..]}",
            cancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }

        _stop.Dispose();
        _once.Dispose();
    }

    private void Desire(DriftMode mode)
    {
        var desired = World.Desired(1);
        _control!.Desire(
            new EtcdClusterDocument(
                OneMemberWorld.Cluster,
                new(desired.Source.Path, 1, 1),
                $"blob-{mode}",
                ImmutableSortedDictionary<string, string>.Empty,
                ImmutableSortedDictionary<string, string>.Empty,
                desired.Spec with
                {
                    Mode = mode,
                }
            ),
            new DocumentSource(desired.Repository, $"commit-{mode}")
        );
    }
}
