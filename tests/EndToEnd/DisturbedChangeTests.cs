using System.Globalization;
using GitOpsOperator.Sandbox.Api;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// A member that is stopped or cut off for a while, in the middle of each kind of change and of none: what was begun is finished once it is
/// back, and no acknowledged write is lost. The API server holds the write of a step that has begun, so the fault is certain to come before
/// the step is over. <c>make test</c> runs one by a printed seed (TEST_SEED gives one), <c>make test-long</c> all.
/// </summary>
public sealed class DisturbedChangeTests
{
    private const int Sampled = 1;

    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), CultureInfo.InvariantCulture, out var given)
        ? given
        : (int)(EtcdRun.Now() % 100_000);

    /// <summary>The change, the resource whose write is held as its step's, and what kubectl says of that while the step is not over.</summary>
    private static readonly Dictionary<string, Change> Changes = new()
    {
        ["idle"] = new(3, 3, false, null, [], _ => true),
        ["grow"] = new(3, 5, false, "statefulsets/orders-3", ["statefulsets", "-o", "name"], names => !names.Contains("orders-3", StringComparison.Ordinal)),
        ["shrink"] = new(
            3, 1, false, "statefulsets/orders-2", ["pod", "orders-2-0", "-o", "jsonpath={.metadata.labels}"],
            labels => labels.Contains("\"gitops-operator.dev/role\":\"voter\"", StringComparison.Ordinal)),
        ["upgrade"] = new(
            3, 3, true, "statefulsets/orders-1", ["statefulset", "orders-1", "-o", "jsonpath={.spec.template.spec.containers[0].image}"],
            image => image.EndsWith(Binaries.Etcd(Binaries.Newer), StringComparison.Ordinal)),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<string, string, bool>> Cases =>
        from fault in (string[])["stop", "partition"]
        from change in Changes.Keys
        from leader in (bool[])[true, false]
        select new TheoryDataRow<string, string, bool>(fault, change, leader);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_was_begun_is_finished_once_the_member_is_back(string fault, string change, bool leader)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"TEST_SEED={Seed}");
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("TEST_LONG") == "1" || Sample().Contains((fault, change, leader)),
            $"TEST_SEED={Seed} chose another: make test-long runs it");
        var how = Changes[change];
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        var before = await run.ResizeAsync(how.From, Token);
        await run.StartWriterAsync(Token);

        // The step under way is about another member wherever the change is about one that exists.
        var victim = before.Members.Where(member => member.Role == "leader" == leader).Select(member => member.Name)
            .Order(StringComparer.Ordinal).First(name => how.Held?.EndsWith(name, StringComparison.Ordinal) != true);

        var commit = before.Revision;
        if (how.Held is { } resource)
        {
            using var hold = await run.HoldAsync(HoldPoint.Before, resource, Token);
            commit = await run.CommitAsync(how.To, Binaries.Etcd(how.Upgrades ? Binaries.Newest : Binaries.Newer), Token);
            await hold.UntilHeldAsync(Token);
            await run.FaultAsync(fault, victim, Token);
            await NotOverAsync(run, how);
        }
        else
        {
            await run.FaultAsync(fault, victim, Token);
        }

        var effective = EtcdRun.Now();
        await run.UntilAsync($"{victim} does not answer", status => status.Members.Any(member => member.Name == victim && !member.Healthy), Token);
        await run.FaultAsync(fault == "stop" ? "continue" : "heal", victim, Token);
        var healed = EtcdRun.Now();
        var after = await run.ConvergedAsync(commit, how.To, Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{fault} of {victim} during {change}: in effect at {effective}, healed at {healed}, the change was over by {EtcdRun.Now()}");

        Assert.Equal(how.To, (await run.MembersAsync(Token)).Count(member => member is { Started: true, IsLearner: false }));
        if (how.Upgrades)
        {
            Assert.All(await run.VersionsAsync(after.Members.Select(member => member.Name), Token), version => Assert.Equal(Binaries.Etcd(Binaries.Newest), version));
        }

        var account = await run.AccountAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, longest pause {account.History.LongestPause()} ms");
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.InFlightBetween(effective, healed), "no write was in flight during the fault");
    }

    private static async Task NotOverAsync(EtcdRun run, Change how)
    {
        var said = await run.KubectlAsync(["get", .. how.Question], Token);
        Assert.True(how.NotOver(said), $"At {EtcdRun.Now()} the fault was in effect and the step over already: {said}");
    }

    private static HashSet<(string Fault, string Change, bool Leader)> Sample()
    {
        var all = Cases.Select(row => row.Data).ToArray();
        new Random(Seed).Shuffle(all);
        return [.. all.Take(Sampled)];
    }

    private sealed record Change(int From, int To, bool Upgrades, string? Held, string[] Question, Func<string, bool> NotOver);
}
