using GitOpsOperator.Operator.Election;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Sandbox.Api;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Operator.Tests.Election;

/// <summary>One replica as far as the election goes, with a clock and a line of its own.</summary>
internal sealed class Contender : IAsyncDisposable
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly Kubernetes _client;
    private readonly Task<LeadershipSession> _acquiring;

    public Contender(ApiServer api, string name, DateTimeOffset? clock = null)
    {
        Clock = new(clock ?? new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _client = new Kubernetes(api.ClientConfiguration(), Line);
        Leadership = new(name, RenewDeadline, Clock);
        Election = new(
            _client,
            new("default", "gitops-operator-default", name, Duration, RenewDeadline, RetryPeriod),
            Leadership,
            Clock,
            NullLogger<LeaseElection>.Instance
        );
        _acquiring = LeadershipSession.AcquireAsync(Election, _stop.Token);
    }

    public FakeTimeProvider Clock { get; }

    public Line Line { get; } = new();

    public LeaseElection Election { get; }

    public LeadershipState Leadership { get; }

    public bool Holds => Leadership.Holds;

    public bool Lost => _acquiring is { IsCompletedSuccessfully: true, Result.Lost.IsCompletedSuccessfully: true };

    public async Task ReleaseAsync() => await (await _acquiring).DisposeAsync();

    /// <summary>Lets the clocks of all run on together, step by step, until the condition holds.</summary>
    /// <returns>How long that took by these clocks.</returns>
    public static async Task<TimeSpan> RunUntilAsync(Func<bool> condition, Action? always = null, params Contender[] contenders)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var passed = TimeSpan.Zero;
        while (!condition())
        {
            always?.Invoke();
            foreach (var contender in contenders)
            {
                contender.Clock.Advance(TimeSpan.FromMilliseconds(100));
            }

            passed += TimeSpan.FromMilliseconds(100);

            // What the clocks have woken talks to a real server: it needs a little real time.
            await Task.Delay(5, limit.Token);
        }

        return passed;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _acquiring
            .ContinueWith(
                async taken => await (taken.IsCompletedSuccessfully ? taken.Result.DisposeAsync() : ValueTask.CompletedTask),
                TaskScheduler.Default
            )
            .Unwrap();
        _client.Dispose();
        _stop.Dispose();
    }
}
