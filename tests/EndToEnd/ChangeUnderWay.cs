using GitOpsOperator.Demo;
using GitOpsOperator.Sandbox.Api;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>A change of a cluster, or none, in the middle of which something is made to happen.</summary>
/// <param name="Held">The resource whose write is held as its step's; null for no change.</param>
/// <param name="Question">What kubectl is asked of it.</param>
/// <param name="NotOver">What kubectl says while the step is not over.</param>
internal sealed record ChangeUnderWay(int From, int To, bool Upgrades, string? Held, string[] Question, Func<string, bool> NotOver)
{
    public static readonly IReadOnlyDictionary<string, ChangeUnderWay> All = new Dictionary<string, ChangeUnderWay>
    {
        ["idle"] = new(3, 3, false, null, [], _ => true),
        ["grow"] = new(
            3,
            5,
            false,
            "statefulsets/orders-3",
            ["statefulsets", "-o", "name"],
            names => !names.Contains("orders-3", StringComparison.Ordinal)
        ),
        ["shrink"] = new(
            3,
            1,
            false,
            "statefulsets/orders-2",
            ["pod", "orders-2-0", "-o", "jsonpath={.metadata.labels}"],
            labels => labels.Contains("\"gitops-operator.dev/role\":\"voter\"", StringComparison.Ordinal)
        ),
        ["upgrade"] = new(
            3,
            3,
            true,
            "statefulsets/orders-1",
            ["statefulset", "orders-1", "-o", "jsonpath={.spec.template.spec.containers[0].image}"],
            image => image.EndsWith(Binaries.Etcd(Binaries.Newer), StringComparison.Ordinal)
        ),
    };

    /// <summary>The leader, or the first of the others, but for the member that the held write is about, where that exists
    /// already.</summary>
    public string Victim(StatusFile before, bool leader) =>
        before
            .Members.Where(member => member.Role == "leader" == leader)
            .Select(member => member.Name)
            .Order(StringComparer.Ordinal)
            .First(name => Held?.EndsWith(name, StringComparison.Ordinal) != true);

    /// <summary>
    /// Begins the change and has the fault take effect while the API server holds the write of a step that has begun, so it is certain to
    /// come before the step is over.
    /// </summary>
    /// <returns>The commit that is to be reached.</returns>
    public async Task<string> DisturbAsync(EtcdRun run, string before, Func<Task> fault, CancellationToken cancellationToken)
    {
        if (Held is not { } resource)
        {
            await fault();
            return before;
        }

        using var hold = await run.HoldAsync(HoldPoint.Before, resource, cancellationToken);
        var commit = await run.CommitAsync(To, Binaries.Etcd(Upgrades ? Binaries.Newest : Binaries.Newer), cancellationToken);
        await hold.UntilHeldAsync(cancellationToken);
        await fault();
        var said = await run.KubectlAsync(["get", .. Question], cancellationToken);
        Assert.True(NotOver(said), $"At {EtcdRun.Now()} the fault was in effect and the step over already: {said}");
        return commit;
    }

    /// <summary>Asks etcd itself.</summary>
    public async Task IsDoneAsync(EtcdRun run, StatusFile after, CancellationToken cancellationToken)
    {
        Assert.Equal(To, (await run.MembersAsync(cancellationToken)).Count(member => member is { Started: true, IsLearner: false }));
        if (Upgrades)
        {
            Assert.All(
                await run.VersionsAsync(after.Members.Select(member => member.Name), cancellationToken),
                version => Assert.Equal(Binaries.Etcd(Binaries.Newest), version)
            );
        }
    }
}
