using System.Text.RegularExpressions;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// What the operator remembers of a cluster is deleted: alone, which costs nothing, and with the whole cluster, in whose place no empty one
/// is put unless a person says so.
/// </summary>
public sealed partial class LossTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_record_that_is_deleted_comes_back_and_a_lost_cluster_is_not_founded_again_unasked()
    {
        LongTests.Only();
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        await run.ResizeAsync(3, Token);
        await run.EtcdctlAsync(["put", "kept", "by all"], Token);
        var before = await run.MembersAsync(Token);
        var uid = await UidAsync(run);

        var anew = run.UntilHeardAsync("as etcd lists them", Token);
        await run.KubectlAsync(["delete", "configmap", "orders-record"], Token);
        await anew;
        await run.ResizeAsync(1, Token);
        Assert.Equal("by all", (await run.EtcdctlAsync(["get", "kept", "--print-value-only"], Token)).Trim());
        Assert.Contains(Assert.Single(await run.MembersAsync(Token)), before);
        Assert.Equal(uid, await UidAsync(run));

        // All that its namespace held, while nobody looks: only git still knows.
        await run.KillOperatorAsync();
        await run.KubectlAsync(
            ["delete", "statefulsets,pods,services,configmaps,persistentvolumeclaims,poddisruptionbudgets", "--all"],
            Token
        );
        run.StartOperator();
        var lost = await run.UntilAsync("the loss", status => status.Blocked is { Rule: "cluster-lost" }, Token);
        Assert.Contains(uid, lost.Blocked!.Reason, StringComparison.Ordinal);
        Assert.Equal("", (await run.KubectlAsync(["get", "statefulsets,persistentvolumeclaims", "--output=name"], Token)).Trim());

        var commit = await run.CommitAsync(
            1,
            Binaries.Etcd(Binaries.Newer),
            Token,
            annotation: Approval().Match(lost.Blocked.Remediation).Value
        );
        await run.ConvergedAsync(commit, 1, Token);
        Assert.Equal("", (await run.EtcdctlAsync(["get", "kept"], Token)).Trim());
        Assert.NotEqual(uid, await UidAsync(run));
    }

    private static async Task<string> UidAsync(EtcdRun run) =>
        Uid().Match(await run.FileUntilAsync("status/default/orders.yaml", "a uid", Uid().IsMatch, Token)).Groups[1].Value;

    [GeneratedRegex("gitops-operator.dev/approve: \"[0-9a-f]+\"")]
    private static partial Regex Approval();

    [GeneratedRegex("^uid: \"?([0-9a-f]+)\"?$", RegexOptions.Multiline)]
    private static partial Regex Uid();
}
