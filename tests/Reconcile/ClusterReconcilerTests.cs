using System.Collections.Concurrent;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;
using GitOpsOperator.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Act = GitOpsOperator.Reconcile.Deciding.Decision<string>.Act;
using Converged = GitOpsOperator.Reconcile.Deciding.Decision<string>.Converged;
using Progress = GitOpsOperator.Reconcile.Deciding.Decision<string>.Progress;

namespace GitOpsOperator.Reconcile.Tests;

/// <summary>The loop alone, around a world that is a number.</summary>
public sealed class ClusterReconcilerTests
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private static readonly ClusterKey World = new("test", "default", "world");

    private readonly ChangeSignal _changes = new();
    private readonly Brake _admission = new();
    private readonly ConcurrentQueue<string> _seen = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_step_follows_another_until_converged_and_then_only_a_change_wakes_it()
    {
        var live = 0;
        await using var loop = Start(
            (_, _) => Task.FromResult(live),
            (want, now) => now == int.Parse(want) ? new Converged() : new Act($"{now}+1"),
            _ =>
            {
                live++;
                return Done;
            }
        );
        loop.Reconciler.Desire("3");
        await ExpectAsync("0+1", "1+1", "2+1", "3 ok");

        live = 2;
        _changes.Notify();
        await ExpectAsync("0+1", "1+1", "2+1", "3 ok", "2+1", "3 ok");
    }

    [Fact]
    public async Task What_is_newly_desired_takes_over_between_two_steps()
    {
        var live = 0;
        await using var loop = Start(
            (_, _) => Task.FromResult(live),
            (want, now) => now == int.Parse(want) ? new Converged() : new Act(now < int.Parse(want) ? $"up to {want}" : $"down to {want}"),
            (step, reconciler) =>
            {
                live += step.StartsWith("up", StringComparison.Ordinal) ? 1 : -1;
                if (live == 2)
                {
                    reconciler.Desire("1");
                }

                return Done;
            }
        );
        loop.Reconciler.Desire("5");
        await ExpectAsync("up to 5", "up to 5", "down to 1", "1 ok");
    }

    [Fact]
    public async Task A_failing_pass_is_told_and_tried_again_and_ends_nothing()
    {
        var looks = 0;
        await using var loop = Start(
            (_, _) => ++looks < 3 ? Task.FromException<int>(new InvalidOperationException($"look {looks}")) : Task.FromResult(7),
            (_, _) => new Converged(),
            _ => Done
        );
        loop.Reconciler.Desire("7");
        await ExpectAsync("failed: look 1", "failed: look 2", "7 ok");
    }

    [Fact]
    public async Task What_is_waited_for_is_looked_at_again_without_any_change_of_Kubernetes()
    {
        var looks = 0;
        await using var loop = Start(
            (_, _) => Task.FromResult(looks++),
            (_, now) => now == 2 ? new Converged() : new Progress("etcd"),
            _ => Done
        );
        loop.Reconciler.Desire("x");
        await Eventually.TrueAsync(() => _seen.Contains("2 ok"), "converged", Token);
    }

    [Fact]
    public async Task Where_time_alone_changes_what_is_seen_it_is_looked_at_as_soon_as_that_is_due()
    {
        var looks = 0;
        await using var loop = Start(
            (_, _) => Task.FromResult(looks++),
            (_, now) => now == 1 ? new Converged() : new Progress("the settle time"),
            (_, _, _) => Done,
            progress: new(Never, Never),
            dueIn: now => now == 0 ? TimeSpan.FromMilliseconds(20) : null
        );
        loop.Reconciler.Desire("x");
        await ExpectAsync("waits", "1 ok");
    }

    [Fact]
    public async Task Cancelling_ends_the_loop_after_the_step_and_never_within_it()
    {
        var (entered, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        var torn = true;
        var loop = Start(
            (_, _) => Task.FromResult(0),
            (_, _) => new Act("step"),
            async (_, _, token) =>
            {
                entered.SetResult();
                await leave.Task.WaitAsync(token);
                torn = false;
                return new StepOutcome.Done();
            }
        );
        loop.Reconciler.Desire("x");
        await entered.Task.WaitAsync(Token);
        var ended = loop.DisposeAsync().AsTask();
        Assert.False(ended.IsCompleted);
        leave.SetResult();
        await ended.WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.False(torn);
    }

    [Fact]
    public async Task A_step_that_is_held_back_is_not_done_and_goes_on_when_the_brake_is_released()
    {
        var live = 0;
        _admission.Held = new("stopped", "somebody has said so", "Say otherwise");
        await using var loop = Start(
            (_, _) => Task.FromResult(live),
            (_, now) => now == 2 ? new Converged() : new Act($"{now}+1"),
            _ =>
            {
                live++;
                return Done;
            }
        );
        loop.Reconciler.Desire("x");
        await ExpectAsync("stopped");
        Assert.Equal(0, live);

        _admission.Held = null;
        _admission.Changes.Notify();
        await ExpectAsync("stopped", "0+1", "1+1", "2 ok");
        Assert.Equal([new(World, true, false), new(World, true, false), new(World, true, false)], _admission.Asked);
    }

    [Fact]
    public async Task What_waits_for_its_turn_is_looked_at_again_by_itself_and_rests_only_at_the_end()
    {
        var live = 0;
        _admission.Held = new("too-many-at-once", "its turn", null);
        await using var loop = Start(
            (_, _) => Task.FromResult(live),
            (_, now) => now == 1 ? new Converged() : new Act($"{now}+1"),
            _ =>
            {
                live++;
                return Done;
            }
        );
        loop.Reconciler.Desire("x");
        await Eventually.TrueAsync(() => _seen.Count >= 3, "looked at three times", Token);
        Assert.All(_seen, seen => Assert.Equal("waits", seen));
        Assert.Equal(0, _admission.Rests);

        _admission.Held = null;
        await Eventually.TrueAsync(() => _seen.Contains("1 ok"), "converged", Token);
        Assert.Equal(1, _admission.Rests);
    }

    [Fact]
    public async Task A_brake_that_is_released_wakes_nobody_whom_it_did_not_hold()
    {
        var looks = 0;
        await using var loop = Start((_, _) => Task.FromResult(++looks), (_, _) => new Converged(), _ => Done);
        loop.Reconciler.Desire("x");
        await ExpectAsync("1 ok");

        // By then a loop that listens has long looked again: its breath is a millisecond.
        _admission.Changes.Notify();
        await Task.Delay(TimeSpan.FromMilliseconds(100), Token);
        Assert.Equal(1, looks);
        _changes.Notify();
        await ExpectAsync("1 ok", "2 ok");
    }

    [Fact]
    public async Task A_brake_that_is_released_does_not_hurry_a_cluster_that_fails()
    {
        var looks = 0;
        await using var loop = Start(
            (_, _) =>
            {
                // As releases do: a cluster that fails gives its turn away, which is news for those who wait for one.
                _admission.Changes.Notify();
                return ++looks < 3 ? Task.FromException<int>(new InvalidOperationException($"look {looks}")) : Task.FromResult(7);
            },
            (_, _) => new Converged(),
            _ => Done,
            new(Never, Never)
        );
        loop.Reconciler.Desire("7");
        await ExpectAsync("failed: look 1");
        _admission.Changes.Notify();
        await Task.Delay(TimeSpan.FromMilliseconds(100), Token);
        Assert.Equal(1, looks);
        loop.Reconciler.Desire("8");
        await ExpectAsync("failed: look 1", "failed: look 2");
    }

    [Theory, InlineData(0, 0), InlineData(1, 1), InlineData(2, 2), InlineData(4, 8), InlineData(7, 60), InlineData(int.MaxValue, 60)]
    public void A_backoff_doubles_up_to_its_limit(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)).After(attempt));

    private static Task<StepOutcome> Done => Task.FromResult<StepOutcome>(new StepOutcome.Done());

    private Task ExpectAsync(params string[] expected) =>
        Eventually.TrueAsync(() => _seen.SequenceEqual(expected), () => string.Join(", ", _seen), Token);

    private Loop Start(
        Func<string, CancellationToken, Task<int>> observe,
        Func<string, int, Decision<string>> next,
        Func<string, Task<StepOutcome>> execute,
        Backoff? failure = null
    ) => Start(observe, next, (step, _, _) => execute(step), failure);

    private Loop Start(
        Func<string, CancellationToken, Task<int>> observe,
        Func<string, int, Decision<string>> next,
        Func<string, ClusterReconciler<string, int, string>, Task<StepOutcome>> execute
    ) => Start(observe, next, (step, reconciler, _) => execute(step, reconciler));

    private Loop Start(
        Func<string, CancellationToken, Task<int>> observe,
        Func<string, int, Decision<string>> next,
        Func<string, ClusterReconciler<string, int, string>, CancellationToken, Task<StepOutcome>> execute,
        Backoff? failure = null,
        Backoff? progress = null,
        Func<int, TimeSpan?>? dueIn = null
    )
    {
        ClusterReconciler<string, int, string>? reconciler = null;
        reconciler = new(
            World,
            observe,
            next,
            (_, _, _, step, token) => execute(step, reconciler!, token),
            _changes,
            new ReconcileTiming
            {
                Resync = Never,
                MinInterval = TimeSpan.FromMilliseconds(1),
                Progress = progress ?? new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)),
                Failure = failure ?? new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)),
            },
            TimeProvider.System,
            NullLogger.Instance
        )
        {
            Admission = _admission,
            Classify = (_, _) => new(World, Disruptive: true, Urgent: false),
            DueIn = dueIn ?? (_ => null),
            Passed = pass =>
                _seen.Enqueue(
                    pass.Decision is Act(var step) ? step
                    : pass.Decision is Converged ? $"{pass.Live} ok"
                    : pass.Decision is Decision<string>.Blocked blocked ? blocked.By.Rule
                    : "waits"
                ),
            Failed = e => _seen.Enqueue($"failed: {e.Message}"),
        };
        return new(reconciler);
    }

    private sealed class Brake : IAdmission
    {
        private readonly ConcurrentQueue<StepRequest> _asked = [];
        private int _rests;

        public ChangeSignal Changes { get; } = new();

        public Denied? Held { get; set; }

        public IEnumerable<StepRequest> Asked => _asked;

        public int Rests => _rests;

        public Denied? Ask(StepRequest step)
        {
            _asked.Enqueue(step);
            return Held;
        }

        public void Release(ClusterKey cluster) => Interlocked.Increment(ref _rests);
    }

    private sealed class Loop : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Loop(ClusterReconciler<string, int, string> reconciler)
        {
            Reconciler = reconciler;
            _running = reconciler.RunAsync(_stop.Token);
        }

        public ClusterReconciler<string, int, string> Reconciler { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
            _stop.Dispose();
        }
    }
}
