using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.Demo;

/// <summary>What the steps in a cluster share: git, the cluster, and what is asked of it.</summary>
internal sealed class InClusterContext(GitContext git, ClusterEnvironment environment, string overlay)
{
    public const string Namespace = OperatorAccess.Namespace;

    private const string Deployment = "deployment/gitops-operator";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    public GitContext Git => git;

    public Terminal Terminal => git.Terminal;

    public ClusterEnvironment Environment => environment;

    public string Overlay => overlay;

    /// <summary>A holder's name is its pod's, and a mark that tells two processes in one pod apart.</summary>
    public static string PodOf(string holder) => holder.Split('_')[0];

    public async Task<string> KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        (await Environment.KubectlAsync(arguments, cancellationToken)).Trim();

    /// <summary>Where the demo's document has its cluster, whichever namespace the kubeconfig names.</summary>
    private Task<string> InDefaultAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        KubectlAsync(["-n", "default", .. arguments], cancellationToken);

    /// <summary>Returns once its pods and definitions are gone.</summary>
    public async Task<string> RemoveOperatorAsync(CancellationToken cancellationToken)
    {
        var output = await KubectlAsync(["delete", "--ignore-not-found", "-k", overlay], cancellationToken);
        await UntilAsync(
            async () =>
                (
                    await KubectlAsync(
                        [
                            "get",
                            "pods,customresourcedefinitions",
                            "--all-namespaces",
                            "-o",
                            "jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{\"\\n\"}{end}",
                        ],
                        cancellationToken
                    )
                )
                    .Split('\n')
                    .All(name =>
                        !name.StartsWith(OperatorAccess.Namespace + " ", StringComparison.Ordinal)
                        && !name.EndsWith(".gitops-operator.dev", StringComparison.Ordinal)
                    ),
            "the end of the operator's pods and definitions",
            cancellationToken
        );
        return output;
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested)
            {
                throw new DemoFailedException($"After {Deadline.TotalSeconds} s there is still not {what}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    public async Task RolledOutAsync(CancellationToken cancellationToken) =>
        Terminal.Quote(
            await KubectlAsync(["-n", Namespace, "rollout", "status", Deployment, $"--timeout={Deadline.TotalSeconds}s"], cancellationToken)
        );

    public async Task<string> LeaderAsync(Func<string, bool> holds, string what, CancellationToken cancellationToken)
    {
        var holder = "";
        await UntilAsync(
            async () =>
            {
                holder = await KubectlAsync(
                    [
                        "-n",
                        Namespace,
                        "get",
                        "lease",
                        "gitops-operator-default",
                        "--ignore-not-found",
                        "-o",
                        "jsonpath={.spec.holderIdentity}",
                    ],
                    cancellationToken
                );
                return holder.Length > 0 && holds(holder);
            },
            what,
            cancellationToken
        );
        return holder;
    }

    public async Task<int> CountEventsAsync(string reason, CancellationToken cancellationToken) =>
        (await InDefaultAsync(["get", "events", "-o", "jsonpath={range .items[*]}{.reason}{\"\\n\"}{end}"], cancellationToken))
            .Split('\n')
            .Count(one => one == reason);

    public async Task ShownAsync(CancellationToken cancellationToken)
    {
        Terminal.Say("$ kubectl get etcdclusters");
        Terminal.Quote(await InDefaultAsync(["get", "etcdclusters"], cancellationToken));
    }

    public Task<string> PhaseAsync(CancellationToken cancellationToken) =>
        InDefaultAsync(["get", "etcdclusters", "orders", "--ignore-not-found", "-o", "jsonpath={.status.phase}"], cancellationToken);

    /// <summary>Another one after each start of the pod's container; none while there is no such pod.</summary>
    public Task<string> LifeAsync(string pod, CancellationToken cancellationToken) =>
        InDefaultAsync(
            ["get", "pod", pod, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}/{.status.containerStatuses[0].restartCount}"],
            cancellationToken
        );

    public async Task<bool> IsReadyAsync(string pod, CancellationToken cancellationToken) =>
        await InDefaultAsync(
            ["get", "pod", pod, "--ignore-not-found", "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}"],
            cancellationToken
        ) == "True";

    public async Task<ClusterData> DataAsync(CancellationToken cancellationToken) =>
        new(
            await LinesAsync(
                [
                    "get",
                    "pods",
                    "-l",
                    "gitops-operator.dev/cluster=orders",
                    "-o",
                    "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}",
                ],
                cancellationToken
            ),
            await LinesAsync(
                ["get", "pvc", "-o", "jsonpath={range .items[*]}{.metadata.name}={.metadata.uid}{\"\\n\"}{end}"],
                cancellationToken
            ),
            await Environment.MembersAsync(cancellationToken)
        );

    /// <summary>Every object of the cluster with the version it has.</summary>
    public Task<string> VersionsAsync(CancellationToken cancellationToken) =>
        InDefaultAsync(
            [
                "get",
                "statefulsets,services,configmaps,persistentvolumeclaims,poddisruptionbudgets,pods",
                "-l",
                "gitops-operator.dev/cluster=orders",
                "-o",
                "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}",
            ],
            cancellationToken
        );

    private async Task<IReadOnlyList<string>> LinesAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        [
            .. (await InDefaultAsync(arguments, cancellationToken))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal),
        ];
}
