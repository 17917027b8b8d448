using System.CommandLine;
using System.Globalization;
using System.Net;
using GitOpsOperator.Drift;
using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Specs;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>snapshot</c>: has the operator take a snapshot of a cluster now.</summary>
internal static class SnapshotCommand
{
    public static Command Create()
    {
        var cluster = new Argument<string>("cluster") { Description = "etcd/NAME such as etcd/orders, or etcd/NAMESPACE/NAME" };
        var kubeconfig = ConfigurationOptions.Kubeconfig();
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait for it", DefaultValueFactory = _ => 600 };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 86400)
            {
                result.AddError("--timeout: give 1 to 86400 seconds");
            }
        });
        var command = new Command("snapshot", """
            Have the operator that runs in the cluster take a snapshot of an etcd cluster now: of a healthy member, verified by etcd's own
            tools, and kept on the claim NAME-snapshots. Nothing else is changed.

            Exit code: 0 it is kept, 1 error (no such cluster, no operator took it up in time, or it failed; the message says which).
            """)
        {
            cluster, kubeconfig, timeout,
        };
        command.SetAction((parsed, cancellationToken) => CommandFaults.CatchAsync(async () =>
        {
            if (KeyOf(parsed.GetRequiredValue(cluster)) is not { } key)
            {
                await Console.Error.WriteLineAsync($"'{parsed.GetRequiredValue(cluster)}' names no etcd cluster; it is named as in etcd/orders or etcd/shop/orders");
                return ExitCodes.Error;
            }

            using var client = new Kubernetes(KubernetesAccess.Configuration(parsed.GetValue(kubeconfig) ?? Environment.GetEnvironmentVariable("GITOPS_OPERATOR_KUBECONFIG") ?? ""));
            return await RunAsync(client, key, TimeSpan.FromSeconds(parsed.GetRequiredValue(timeout)), TimeProvider.System, cancellationToken);
        }));
        return command;
    }

    internal static ClusterKey? KeyOf(string named) => named.Split('/') switch
    {
        ["etcd", { Length: > 0 } name] => new("etcd", "default", name),
        ["etcd", { Length: > 0 } space, { Length: > 0 } name] => new("etcd", space, name),
        _ => null,
    };

    private static async Task<int> RunAsync(IKubernetes client, ClusterKey cluster, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var names = new EtcdNames(cluster);
        if (await ReadAsync(client, cluster.Namespace, names.Record, cancellationToken) is not { } record)
        {
            await Console.Error.WriteLineAsync($"There is no cluster {cluster}: namespace {cluster.Namespace} has no ConfigMap {names.Record}");
            return ExitCodes.Error;
        }

        var file = string.Create(CultureInfo.InvariantCulture, $"by-hand-{time.GetUtcNow():yyyyMMdd-HHmmss}.db");
        using var loggers = LoggerFactory.Create(logging => OperatorLogging.Configure(logging, LogLevel.Warning, toStandardError: true));
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var view = new KubernetesView(client, cluster.Namespace, time, loggers);
        var watch = view.RunAsync(watching.Token);
        AnsweredSnapshot? answer = null;
        try
        {
            await AskAsync(client, SnapshotRequest.Render(cluster, record.GetLabel(ObjectLabels.Owner), file), either.Token);
            await view.ConfigMaps.WaitAsync(objects => Answer(objects) is not null, either.Token);
            answer = Answer(view.ConfigMaps.Objects);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(
                $"No snapshot of {cluster} was taken within {patience.TotalSeconds:0} s. Is the operator running, and does the cluster's status say why it waits (suspended, no healthy member, a member being changed)?");
        }
        finally
        {
            await WithdrawAsync(client, cluster.Namespace, names.SnapshotRequest);
            await watching.CancelAsync();
            await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (answer is not { Fault: null })
        {
            if (answer is { Fault: { } fault })
            {
                await Console.Error.WriteLineAsync($"The snapshot of {cluster} was not taken: {fault}");
            }

            return ExitCodes.Error;
        }

        Console.WriteLine($"{file} of {cluster} is verified and kept on claim {names.SnapshotClaim} in namespace {cluster.Namespace}");
        return ExitCodes.Success;

        AnsweredSnapshot? Answer(IReadOnlyDictionary<ObjectKey, V1ConfigMap> objects) =>
            objects.TryGetValue(new(cluster.Namespace, names.Record), out var now) && EtcdRecordJson.Read(now).Record?.Answered is { } given && given.File == file ? given : null;
    }

    private static async Task<V1ConfigMap?> ReadAsync(IKubernetes client, string @namespace, string name, CancellationToken cancellationToken)
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
    private static Task<V1ConfigMap> AskAsync(IKubernetes client, V1ConfigMap request, CancellationToken cancellationToken) => client.CoreV1.PatchNamespacedConfigMapAsync(
        new V1Patch(request, V1Patch.PatchType.ApplyPatch), request.Metadata.Name, request.Metadata.NamespaceProperty,
        fieldManager: "gitops-operator-snapshot", force: true, cancellationToken: cancellationToken);

    private static async Task WithdrawAsync(IKubernetes client, string @namespace, string name)
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
