using System.Text.RegularExpressions;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>A tombstone in git: the one way in which this operator deletes a cluster.</summary>
public sealed partial class DeletionTests
{
    [Fact]
    public async Task A_tombstone_deletes_just_this_life_of_a_cluster_its_volumes_bring_it_back_and_go_only_where_git_says_so()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        var version = Binaries.Etcd(Binaries.Newer);
        await using var run = await EtcdRun.StartAsync(version, cancellationToken);
        await run.ResizeAsync(3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        var ids = (await run.MembersAsync(cancellationToken)).Select(member => member.Id).Order().ToArray();
        var volumes = await ClaimsAsync();

        await run.CommitAsync(
            3,
            version,
            cancellationToken,
            "  deletionPolicy: Delete",
            annotation: "gitops-operator.dev/tombstone: \"some other life\""
        );
        var asked = await run.UntilAsync(
            "the question",
            status => status.Blocked is { Rule: "tombstone-of-another-uid" },
            cancellationToken
        );
        Assert.Equal(3, asked.HealthyVoters);
        var incarnation = Incarnation().Match(asked.Blocked!.Remediation).Groups[1].Value;

        await run.CommitAsync(
            3,
            version,
            cancellationToken,
            "  deletionPolicy: Delete",
            $"gitops-operator.dev/tombstone: \"{incarnation}\""
        );
        await run.UntilAsync(
            "deleted, volumes kept",
            status => status is { Phase: "Converged", Summary: "deleted, its volumes are kept" },
            cancellationToken
        );
        Assert.Equal("", await LeftAsync("statefulsets,pods,services,poddisruptionbudgets"));
        Assert.Equal(volumes, await ClaimsAsync());

        await run.ResizeAsync(3, cancellationToken);
        Assert.Equal(ids, (await run.MembersAsync(cancellationToken)).Select(member => member.Id).Order());
        Assert.Equal(volumes, await ClaimsAsync());
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));

        // Killed when it is half done: what is left to do is read from what is there.
        var half = run.UntilHeardAsync("delete the objects of orders-1", cancellationToken);
        await run.CommitAsync(
            3,
            version,
            cancellationToken,
            "  deletionPolicy: Delete\n  deleteVolumes: true",
            $"gitops-operator.dev/tombstone: \"{incarnation}\""
        );
        await half;
        await run.KillOperatorAsync();
        run.StartOperator();
        var gone = await run.UntilAsync("deleted", status => status is { Phase: "Converged", Summary: "deleted" }, cancellationToken);
        Assert.Equal("", await LeftAsync("statefulsets,pods,services,poddisruptionbudgets,persistentvolumeclaims"));
        Assert.Equal(
            "members orders-0, orders-1, orders-2; volumes data-orders-0-0, data-orders-1-0, data-orders-2-0",
            Assert.Single(gone.Conditions, condition => condition.Type == "Deleted").Message
        );

        await run.ResizeAsync(1, cancellationToken);
        Assert.DoesNotContain(Assert.Single(await run.MembersAsync(cancellationToken)).Id, ids);

        async Task<string> LeftAsync(string kinds) =>
            (await run.KubectlAsync(["get", kinds, "-l", "gitops-operator.dev/cluster=orders", "-o", "name"], cancellationToken)).Trim();

        Task<string> ClaimsAsync() =>
            run.KubectlAsync(
                [
                    "get",
                    "persistentvolumeclaims",
                    "-l",
                    "gitops-operator.dev/cluster=orders",
                    "-o",
                    "jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {end}",
                ],
                cancellationToken
            );
    }

    [GeneratedRegex("tombstone: \"([0-9a-f]+)\"")]
    private static partial Regex Incarnation();
}
