using System.CommandLine;
using System.Globalization;
using System.Net;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Specs;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Domains.Etcd.Cli;

/// <summary><c>snapshot</c>: has the operator take a snapshot of a cluster now.</summary>
internal static class SnapshotCommand
{
    public static Command Create(ProgramAccess program)
    {
        var cluster = new Argument<string>("cluster") { Description = "etcd/NAME such as etcd/orders, or etcd/NAMESPACE/NAME" };
        var kubeconfig = new Option<string?>("--kubeconfig")
        {
            Description = "Kubeconfig file; default: the pod's service account, else ~/.kube/config. Also: GITOPS_OPERATOR_KUBECONFIG",
        };
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait for it", DefaultValueFactory = _ => 600 };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 86400)
            {
                result.AddError("--timeout: give 1 to 86400 seconds");
            }
        });
        var command = new OperatorCommand(
            "snapshot",
            """
            Have the operator that runs in the cluster take a snapshot of an etcd cluster now: of a healthy member, verified by etcd's own
            tools, and kept on the claim NAME-snapshots. Nothing else is changed.

            It fails where there is no such cluster, where no operator takes it up in time, and where the snapshot fails; the message
            says which.
            """,
            OperatorCommand.Exit(ExitCode.Success, "it is kept")
        )
        {
            cluster,
            kubeconfig,
            timeout,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var named = parsed.GetRequiredValue(cluster);
                var key =
                    KeyOf(named)
                    ?? throw new CommandException($"'{named}' names no etcd cluster; it is named as in etcd/orders or etcd/shop/orders");
                using var connection = program.Connect(parsed.GetValue(kubeconfig));
                using var loggers = program.Loggers();
                await TakeAsync(
                    connection,
                    key,
                    TimeSpan.FromSeconds(parsed.GetRequiredValue(timeout)),
                    TimeProvider.System,
                    loggers,
                    cancellationToken
                );
                return ExitCode.Success;
            }
        );
        return command;
    }

    internal static ClusterKey? KeyOf(string named) =>
        named.Split('/') switch
        {
            ["etcd", { Length: > 0 } name] => new("etcd", "default", name),
            ["etcd", { Length: > 0 } space, { Length: > 0 } name] => new("etcd", space, name),
            _ => null,
        };

    private static async Task TakeAsync(
        ApiConnection connection,
        ClusterKey cluster,
        TimeSpan timeout,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var (client, names) = (connection.Client, new EtcdNames(cluster));
        var record =
            await ReadAsync(client, cluster.Namespace, names.Record, cancellationToken)
            ?? throw new CommandException($"There is no cluster {cluster}: namespace {cluster.Namespace} has no ConfigMap {names.Record}");
        var file = string.Create(CultureInfo.InvariantCulture, $"by-hand-{time.GetUtcNow():yyyyMMdd-HHmmss}.db");
        var answer =
            await AskAndWaitAsync(connection, cluster, record, file, timeout, time, loggers, cancellationToken)
            ?? throw new CommandException(
                $"No snapshot of {cluster} was taken within {timeout.TotalSeconds:0} s. Is the operator running, and does the "
                    + "cluster's status say why it "
                    + "waits (suspended, no healthy member, a member being changed)?"
            );
        if (answer.Fault is { } fault)
        {
            throw new CommandException($"The snapshot of {cluster} was not taken: {fault}");
        }

        Console.WriteLine($"{file} of {cluster} is verified and kept on claim {names.SnapshotClaim} in namespace {cluster.Namespace}");
    }

    /// <summary>What the operator answered; null where it did not in time.</summary>
    private static async Task<AnsweredSnapshot?> AskAndWaitAsync(
        ApiConnection connection,
        ClusterKey cluster,
        V1ConfigMap record,
        string file,
        TimeSpan timeout,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var (client, names) = (connection.Client, new EtcdNames(cluster));
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var watched = WatchedConfigMap.Of(
            connection,
            cluster.Namespace,
            names.Record,
            new CacheOptions().MaxAge,
            time,
            loggers.CreateLogger<WatchedConfigMap>()
        );
        var watch = watched.RunAsync(watching.Token);
        try
        {
            await AskAsync(client, SnapshotRequest.Render(cluster, record.GetLabel(ObjectLabels.Owner), file), either.Token);
            await watched.WaitAsync(map => Answer(map) is not null, either.Token);
            return Answer(watched.Current);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await WithdrawAsync(client, cluster.Namespace, names.SnapshotRequest);
            await watching.CancelAsync();
            await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        AnsweredSnapshot? Answer(V1ConfigMap? current) =>
            current is not null && EtcdRecordJson.Read(current).Record?.Answered is { } given && given.File == file ? given : null;
    }

    private static async Task<V1ConfigMap?> ReadAsync(
        Kubernetes client,
        string @namespace,
        string name,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await client.CoreV1.ReadNamespacedConfigMapAsync(name, @namespace, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The newest request counts: one that was left behind is replaced.</summary>
    private static Task<V1ConfigMap> AskAsync(Kubernetes client, V1ConfigMap request, CancellationToken cancellationToken) =>
        client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch(request, V1Patch.PatchType.ApplyPatch),
            request.Metadata.Name,
            request.Metadata.NamespaceProperty,
            fieldManager: "gitops-operator-snapshot",
            force: true,
            cancellationToken: cancellationToken
        );

    private static async Task WithdrawAsync(Kubernetes client, string @namespace, string name)
    {
        try
        {
            // Also when the command was interrupted: nobody waits for the answer any more.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await client.CoreV1.DeleteNamespacedConfigMapAsync(name, @namespace, cancellationToken: limit.Token);
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or OperationCanceledException)
        {
            // It stays, names a file that was answered or soon will be, and the next request replaces it.
        }
    }
}
