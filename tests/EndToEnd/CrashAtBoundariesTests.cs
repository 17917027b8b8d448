using System.Globalization;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.Launch;
using GitOpsOperator.Sandbox.Story;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// The operator is killed with SIGKILL at the boundaries of a change: at a write of its before that takes effect, started again, and killed once
/// more when the write has taken effect and before it has the answer. <c>make test-long</c> does so at every write of each change; <c>make
/// test</c> at one of one, by a printed seed (TEST_SEED gives one).
/// </summary>
public sealed class CrashAtBoundariesTests
{
    private const string Replace = "replace";
    private const int Sampled = 1;

    /// <summary>No change has fewer writes than the sample is taken from.</summary>
    private const int SampledFrom = 10;

    private static readonly bool Long = Environment.GetEnvironmentVariable("TEST_LONG") == "1";

    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), CultureInfo.InvariantCulture, out var given)
        ? given
        : (int)(EtcdRun.Now() % 100_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Changes => ["grow", "shrink", "upgrade", Replace];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_comes_to_its_end_wherever_the_operator_is_killed(string change)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"TEST_SEED={Seed}");
        var random = new Random(Seed);
        var names = Changes.Select(row => row.Data).ToArray();
        Assert.SkipUnless(Long || names[random.Next(names.Length)] == change, $"TEST_SEED={Seed} chose another: make test-long does them all");
        var chosen = Enumerable.Range(0, SampledFrom).ToArray();
        random.Shuffle(chosen);

        var how = change == Replace ? ChangeUnderWay.All["idle"] : ChangeUnderWay.All[change];
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        var before = await run.ResizeAsync(how.From, Token);
        await run.StartWriterAsync(Token);

        var hold = await run.HoldAnyAsync(HoldPoint.Before, Token);
        var commit = change == Replace ? before.Revision : await run.CommitAsync(how.To, Binaries.Etcd(how.Upgrades ? Binaries.Newest : Binaries.Newer), Token);
        if (change == Replace)
        {
            await run.WipeAsync("orders-1", Token);
        }

        var (writes, kills) = (0, 0);
        StatusFile? after;
        while ((after = await HeldOrOverAsync(run, hold, commit, how.To, change)) is null)
        {
            if (Long || chosen.Take(Sampled).Contains(writes))
            {
                await run.KillOperatorAsync();
                hold.Dispose();
                hold = await run.HoldAnyAsync(HoldPoint.After, Token);
                run.StartOperator();
                TestContext.Current.TestOutputHelper?.WriteLine($"write {writes}: killed before it, and after {await hold.UntilHeldAsync(Token)}");
                await run.KillOperatorAsync();
                kills += 2;
                hold = await NextAsync(run, hold);
                run.StartOperator();
            }
            else
            {
                hold = await NextAsync(run, hold);
            }

            writes++;
        }

        hold.Dispose();
        TestContext.Current.TestOutputHelper?.WriteLine($"{change}: {writes} writes, killed {kills} times");
        Assert.True(kills >= 2 * Sampled, $"killed {kills} times only");
        await how.IsDoneAsync(run, after, Token);
        var account = await run.AccountAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, longest pause {account.History.LongestPause()} ms");
        Assert.Empty(account.History.Lost(account.Stored));
    }

    /// <summary>Armed before the other is let go, so that no write slips through between them.</summary>
    private static async Task<HeldWrite> NextAsync(EtcdRun run, HeldWrite held)
    {
        var next = await run.HoldAnyAsync(HoldPoint.Before, Token);
        held.Dispose();
        return next;
    }

    /// <returns>Null when another write is held; else the status that says that the change is over.</returns>
    private static async Task<StatusFile?> HeldOrOverAsync(EtcdRun run, HeldWrite hold, string commit, int size, string change)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task held = hold.UntilHeldAsync(stop.Token);
        var over = run.UntilAsync(
            $"the end of {change}",
            status => status.Phase == "Converged" && status.Revision == commit && status.HealthyVoters == size && status.Members.Count == size
                && (change != Replace || status.Members.All(member => member.Name != "orders-1")),
            stop.Token);
        var first = await Task.WhenAny(held, over);
        await stop.CancelAsync();
        if (first == over)
        {
            // Given up just now: that no write came is what was to be seen.
            await held.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await over;
        }

        await ((Task)over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await held;
        return null;
    }
}
