using GitOpsOperator.Sandbox.Api;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Operator.Tests.Election;

/// <summary>Replicas that contend for one Lease at a real API server, by clocks that the test moves.</summary>
public sealed class LeaseElectionTests : IAsyncLifetime
{
    private ApiServer _api = null!;
    private Kubernetes _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiServer.StartAsync(new ApiServerOptions(), Token);
        _client = new Kubernetes(_api.ClientConfiguration());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Of_two_contenders_one_holds_and_goes_on_holding()
    {
        await using var first = new Contender(_api, "first");
        await using var second = new Contender(_api, "second");
        await Contender.RunUntilAsync(() => first.Holds || second.Holds, null, first, second);
        var (holder, other) = first.Holds ? (first, second) : (second, first);

        var passed = TimeSpan.Zero;
        while (passed < 3 * Contender.Duration)
        {
            passed += await Contender.RunUntilAsync(Once(), () => Assert.True(holder.Holds && !other.Holds), first, second);
        }

        Assert.Equal(first.Holds ? "first" : "second", (await LeaseAsync()).Spec.HolderIdentity);
    }

    [Fact]
    public async Task When_the_holder_is_gone_another_takes_over_after_the_lease_duration_and_not_before()
    {
        await using var holder = await HolderAsync("holder");
        holder.Line.Cut = true;
        await using var other = new Contender(_api, "other");
        var passed = await Contender.RunUntilAsync(() => other.Holds, null, other);

        Assert.InRange(passed, Contender.Duration - 3 * Contender.RetryPeriod, Contender.Duration + 10 * Contender.RetryPeriod);
        var lease = await LeaseAsync();
        Assert.Equal(("other", 1), (lease.Spec.HolderIdentity, lease.Spec.LeaseTransitions));
    }

    [Fact]
    public async Task A_lease_that_was_given_back_is_taken_at_the_next_look()
    {
        await using var holder = await HolderAsync("holder");
        await using var other = new Contender(_api, "other");
        await Contender.RunUntilAsync(Once(), null, holder, other);

        await holder.ReleaseAsync();
        Assert.False(holder.Holds);
        Assert.NotEqual("holder", (await LeaseAsync()).Spec.HolderIdentity);
        var passed = await Contender.RunUntilAsync(() => other.Holds, null, other);
        Assert.True(passed < TimeSpan.FromSeconds(2), $"{passed}");
    }

    [Fact]
    public async Task A_lease_that_cannot_be_given_back_holds_up_the_end_for_a_moment_only()
    {
        await using var holder = await HolderAsync("holder");
        holder.Line.Silent = true;

        await holder.ReleaseAsync().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.False(holder.Holds);
    }

    [Fact]
    public async Task A_holder_that_is_cut_off_stops_acting_well_before_another_may()
    {
        await using var holder = await HolderAsync("holder");
        await using var other = new Contender(_api, "other");
        await Contender.RunUntilAsync(() => holder.Line.Writes >= 3, null, holder, other);
        holder.Line.Cut = true;

        var stopped = await Contender.RunUntilAsync(() => !holder.Holds, () => Assert.False(other.Holds), holder, other);
        var taken = await Contender.RunUntilAsync(() => other.Holds, () => Assert.False(holder.Holds), holder, other);
        Assert.True(stopped <= Contender.RenewDeadline, $"it acted for {stopped} after its last renewal");
        Assert.True(taken >= TimeSpan.FromSeconds(3), $"only {taken} were left for calls under way");

        holder.Line.Cut = false;
        await Contender.RunUntilAsync(() => holder.Lost, () => Assert.False(holder.Holds), holder, other);
    }

    [Fact]
    public async Task A_holder_that_is_cut_off_for_a_while_goes_on_when_nobody_has_taken_over()
    {
        await using var holder = await HolderAsync("holder");
        holder.Line.Cut = true;
        await Contender.RunUntilAsync(() => !holder.Holds, null, holder);
        holder.Line.Cut = false;
        await Contender.RunUntilAsync(() => holder.Holds, () => Assert.False(holder.Lost), holder);
    }

    [Fact]
    public async Task A_holder_that_was_paused_past_its_lease_wakes_up_holding_nothing_and_writes_nothing()
    {
        await using var paused = await HolderAsync("paused");
        await using var other = new Contender(_api, "other");

        // Only the other's clock runs: of a process that is stopped, no code runs either.
        await Contender.RunUntilAsync(() => other.Holds, null, other);
        var writes = paused.Line.Writes;
        var version = (await LeaseAsync()).Metadata.ResourceVersion;

        paused.Clock.Advance(Contender.Duration + TimeSpan.FromSeconds(1));
        Assert.False(paused.Holds);
        await Contender.RunUntilAsync(() => paused.Lost, () => Assert.False(paused.Holds), paused);

        // Its one try to renew was refused: the version that it would have replaced is gone.
        Assert.InRange(paused.Line.Writes - writes, 0, 1);
        var lease = await LeaseAsync();
        Assert.Equal(("other", version), (lease.Spec.HolderIdentity, lease.Metadata.ResourceVersion));
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_is_known_as_its_own()
    {
        await using var holder = await HolderAsync("holder");
        holder.Line.LoseNextAnswer = true;
        await Contender.RunUntilAsync(() => !holder.Line.LoseNextAnswer, null, holder);
        var passed = TimeSpan.Zero;
        while (passed < 2 * Contender.Duration)
        {
            passed += await Contender.RunUntilAsync(Once(), () => Assert.True(holder.Holds && !holder.Lost), holder);
        }
    }

    [Fact]
    public async Task A_clock_that_is_hours_ahead_takes_no_lease_early()
    {
        await using var holder = await HolderAsync("holder");
        await using var ahead = new Contender(_api, "ahead", holder.Clock.GetUtcNow() + TimeSpan.FromHours(5));
        var passed = TimeSpan.Zero;
        while (passed < 2 * Contender.Duration)
        {
            passed += await Contender.RunUntilAsync(Once(), () => Assert.False(ahead.Holds), holder, ahead);
        }

        Assert.True(holder.Holds);
    }

    [Fact]
    public async Task A_lease_that_somebody_deletes_is_lost()
    {
        await using var holder = await HolderAsync("holder");
        await _client.CoordinationV1.DeleteNamespacedLeaseAsync("gitops-operator-default", "default", cancellationToken: Token);
        await Contender.RunUntilAsync(() => holder.Lost, null, holder);
        Assert.False(holder.Holds);
    }

    /// <summary>False once, so that time runs on by one step.</summary>
    private static Func<bool> Once()
    {
        var asked = 0;
        return () => asked++ > 0;
    }

    private async Task<Contender> HolderAsync(string name)
    {
        var holder = new Contender(_api, name);
        await Contender.RunUntilAsync(() => holder.Holds, null, holder);
        return holder;
    }

    private Task<V1Lease> LeaseAsync() =>
        _client.CoordinationV1.ReadNamespacedLeaseAsync("gitops-operator-default", "default", cancellationToken: Token);
}
