using System.Diagnostics;
using GitOpsOperator.Sandbox.Controllers.StatefulSets;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Node;

/// <summary>What the node does for any pod, with shells as containers.</summary>
[Trait("starts", "processes")]
public sealed class PodTests(SandboxFixture sandbox)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_node_has_an_object_that_is_ready()
    {
        var node = await sandbox.Client.CoreV1.ReadNodeAsync("sandbox-1", cancellationToken: Cancelled);

        Assert.Contains(node.Status.Conditions, condition => condition is { Type: "Ready", Status: "True" });
        Assert.Contains(node.Status.Addresses, address => address is { Type: "InternalIP", Address: "10.128.0.1" });
    }

    [Fact]
    public async Task A_container_without_its_port_is_not_ready_and_one_that_listens_is()
    {
        var ns = await sandbox.NamespaceAsync("pod-tcp", Cancelled);
        var pod = Shell(
            "listener",
            "until [ -e /data/go ]; do sleep 0.1; done; exec perl -MIO::Socket::INET -e 'my $s = "
                + "IO::Socket::INET->new(LocalPort => 9000, Listen => 5) or die; while (my $c = $s->accept) { close $c }'"
        );
        pod.Spec.Containers[0].ReadinessProbe = new()
        {
            TcpSocket = new() { Port = 9000 },
            PeriodSeconds = 1,
        };
        Share(pod);
        await CreateAsync(pod, ns);
        var running = await UntilAsync(ns, "listener", p => p.Status?.ContainerStatuses?[0].State.Running is not null);
        Assert.False(StatefulSetPlan.IsReady(running));

        await File.WriteAllTextAsync(Path.Combine(EmptyDir(running), "go"), "", Cancelled);

        await UntilAsync(ns, "listener", StatefulSetPlan.IsReady);
    }

    [Fact]
    public async Task A_container_that_is_not_alive_is_killed_and_started_again()
    {
        var ns = await sandbox.NamespaceAsync("pod-liveness", Cancelled);
        var pod = Shell("stuck", "touch /data/alive; exec sleep 1000");
        pod.Spec.Containers[0].LivenessProbe = new()
        {
            Exec = new() { Command = ["test", "-e", "/data/alive"] },
            PeriodSeconds = 1,
            FailureThreshold = 2,
        };
        pod.Spec.TerminationGracePeriodSeconds = 1;
        Share(pod);
        await CreateAsync(pod, ns);
        var running = await UntilAsync(ns, "stuck", StatefulSetPlan.IsReady);
        Assert.Equal(0, running.Status.ContainerStatuses[0].RestartCount);

        // Without a readiness probe it is ready before its first command has run.
        var alive = Path.Combine(EmptyDir(running), "alive");
        await SandboxFixture.UntilAsync(() => Task.FromResult(File.Exists(alive)), there => there, Soon, Cancelled);
        File.Delete(alive);

        var after = await UntilAsync(ns, "stuck", p => p.Status.ContainerStatuses[0].RestartCount == 1);
        Assert.NotNull(after.Status.ContainerStatuses[0].LastState.Terminated);
    }

    [Fact]
    public async Task A_deleted_pod_gets_SIGTERM_and_its_time_to_finish()
    {
        var ns = await sandbox.NamespaceAsync("pod-graceful", Cancelled);
        await CreateAsync(
            Shell("graceful", "trap 'sleep 1; echo finished; exit 0' TERM; echo started; while true; do sleep 0.1; done"),
            ns
        );
        await UntilAsync(ns, "graceful", StatefulSetPlan.IsReady);
        await SandboxFixture.UntilAsync(
            () => Task.FromResult(sandbox.Log(ns, "graceful", "shell")),
            log => log.Contains("started", StringComparison.Ordinal),
            Soon,
            Cancelled
        );

        await sandbox.Client.CoreV1.DeleteNamespacedPodAsync("graceful", ns, cancellationToken: Cancelled);

        var terminating = await sandbox.Client.CoreV1.ReadNamespacedPodAsync("graceful", ns, cancellationToken: Cancelled);
        Assert.NotNull(terminating.Metadata.DeletionTimestamp);
        await SandboxFixture.UntilAsync(
            () => sandbox.Client.CoreV1.ListNamespacedPodAsync(ns, cancellationToken: Cancelled),
            pods => pods.Items.Count == 0,
            Soon,
            Cancelled
        );
        Assert.Contains("finished", sandbox.Log(ns, "graceful", "shell"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_ConfigMap_reaches_the_running_pod()
    {
        var ns = await sandbox.NamespaceAsync("pod-projection", Cancelled);
        V1ConfigMap Map(string text) =>
            new()
            {
                Metadata = new() { Name = "settings" },
                Data = new Dictionary<string, string> { ["a.txt"] = text },
            };
        await sandbox.Client.CoreV1.CreateNamespacedConfigMapAsync(Map("first"), ns, cancellationToken: Cancelled);
        var pod = Shell("reader", "while true; do cat /settings/a.txt; echo; sleep 0.2; done");
        pod.Spec.Volumes =
        [
            new()
            {
                Name = "settings",
                ConfigMap = new() { Name = "settings" },
            },
        ];
        pod.Spec.Containers[0].VolumeMounts =
        [
            new()
            {
                Name = "settings",
                MountPath = "/settings",
                ReadOnlyProperty = true,
            },
        ];
        await CreateAsync(pod, ns);
        await UntilAsync(ns, "reader", StatefulSetPlan.IsReady);

        await sandbox.Client.CoreV1.ReplaceNamespacedConfigMapAsync(Map("second"), "settings", ns, cancellationToken: Cancelled);

        await SandboxFixture.UntilAsync(
            () => Task.FromResult(sandbox.Log(ns, "reader", "shell")),
            log => log.Contains("second", StringComparison.Ordinal),
            Soon,
            Cancelled
        );
        Assert.Contains("first", sandbox.Log(ns, "reader", "shell"), StringComparison.Ordinal);
        Assert.Equal(0, (await UntilAsync(ns, "reader", _ => true)).Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task What_is_missing_stands_in_the_status_until_it_comes()
    {
        var ns = await sandbox.NamespaceAsync("pod-missing", Cancelled);
        var pod = Shell("waiting", "echo \"told: $WORD\"; exec sleep 1000");
        pod.Spec.Containers[0].EnvFrom = [new() { ConfigMapRef = new() { Name = "later" } }];
        await CreateAsync(pod, ns);
        var waiting = await UntilAsync(
            ns,
            "waiting",
            p => p.Status?.ContainerStatuses?[0].State.Waiting?.Reason == "CreateContainerConfigError"
        );
        Assert.Equal("configmap \"later\" not found", waiting.Status.ContainerStatuses[0].State.Waiting.Message);

        await sandbox.Client.CoreV1.CreateNamespacedConfigMapAsync(
            new()
            {
                Metadata = new() { Name = "later" },
                Data = new Dictionary<string, string> { ["WORD"] = "hello" },
            },
            ns,
            cancellationToken: Cancelled
        );

        await UntilAsync(ns, "waiting", StatefulSetPlan.IsReady);
        await SandboxFixture.UntilAsync(
            () => Task.FromResult(sandbox.Log(ns, "waiting", "shell")),
            log => log.Contains("told: hello", StringComparison.Ordinal),
            Soon,
            Cancelled
        );
    }

    [Fact]
    public async Task Exec_returns_the_command_s_exit_code()
    {
        Assert.NotNull(sandbox.Client);
        Assert.Equal(7, await SandboxCommand.ExecAsync(sandbox.Folder, ["sh", "-c", "exit 7"], TextWriter.Null, Cancelled));
        Assert.Equal(
            0,
            await SandboxCommand.ExecAsync(
                sandbox.Folder,
                ["sh", "-c", "kubectl get namespace default -o name >&2"],
                TextWriter.Null,
                Cancelled
            )
        );
    }

    [Theory]
    [InlineData("cat; echo \"$WORD from $(hostname)\"; echo reason >&2; exit 3", "a line", "a line\nhello from shell-pod\n", "reason", 3)]
    [InlineData("cat > /dev/null; head -c 300000 /dev/zero | tr '\\0' x | wc -c", "", "300000\n", "", 0)]
    public async Task Kubectl_runs_a_command_in_a_container(string script, string input, string output, string error, int exitCode)
    {
        var ns = await sandbox.NamespaceAsync($"pod-exec-{exitCode}", Cancelled);
        var pod = Shell("shell-pod", "exec sleep 1000");
        pod.Spec.Containers[0].Env = [new() { Name = "WORD", Value = "hello" }];
        await CreateAsync(pod, ns);
        await UntilAsync(ns, "shell-pod", StatefulSetPlan.IsReady);

        var (code, told, complaint) = await KubectlAsync(
            input + (input.Length > 0 ? "\n" : ""),
            "-n",
            ns,
            "exec",
            "-i",
            "shell-pod",
            "--",
            "/bin/sh",
            "-c",
            script
        );

        Assert.Equal(output, told);
        Assert.Contains(error, complaint, StringComparison.Ordinal);
        Assert.Equal(exitCode, code);
    }

    [Fact]
    public async Task A_command_ends_with_the_kubectl_that_asked_for_it()
    {
        var ns = await sandbox.NamespaceAsync("pod-exec-end", Cancelled);
        var pod = Shell("shell-pod", "exec sleep 1000");
        Share(pod);
        await CreateAsync(pod, ns);
        var running = await UntilAsync(ns, "shell-pod", StatefulSetPlan.IsReady);
        var alive = Path.Combine(EmptyDir(running), "alive");
        using (
            var kubectl = StartKubectl(
                "-n",
                ns,
                "exec",
                "shell-pod",
                "--",
                "/bin/sh",
                "-c",
                "while true; do touch /data/alive; sleep 0.05; done"
            )
        )
        {
            await SandboxFixture.UntilAsync(() => Task.FromResult(File.Exists(alive)), there => there, Soon, Cancelled);
            kubectl.Kill();
        }

        await SandboxFixture.UntilAsync(
            async () =>
            {
                File.Delete(alive);
                await Task.Delay(500, Cancelled);
                return File.Exists(alive);
            },
            there => !there,
            Soon,
            Cancelled
        );
    }

    [Theory]
    [InlineData("nobody", "pods \"nobody\" not found")]
    [InlineData("shell-pod", "container other is not valid for pod shell-pod", "-c", "other")]
    public async Task A_command_that_cannot_be_run_is_refused_with_the_reason(string pod, string reason, params string[] options)
    {
        var ns = await sandbox.NamespaceAsync($"pod-exec-refused-{pod}", Cancelled);
        await CreateAsync(Shell("shell-pod", "exec sleep 1000"), ns);
        await UntilAsync(ns, "shell-pod", StatefulSetPlan.IsReady);

        var (code, _, complaint) = await KubectlAsync("", ["-n", ns, "exec", .. options, pod, "--", "true"]);

        Assert.NotEqual(0, code);
        Assert.Contains(reason, complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_sandbox_in_the_same_folder_is_refused()
    {
        Assert.NotNull(sandbox.Client);
        using var output = new StringWriter();

        var exitCode = await SandboxCommand.RunAsync(
            new SandboxOptions { Directory = sandbox.Folder, Binaries = SandboxFixture.Binaries },
            output,
            Cancelled
        );

        Assert.Equal(1, exitCode);
        Assert.Contains("a sandbox runs in", output.ToString(), StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Error)> KubectlAsync(string input, params string[] arguments)
    {
        using var kubectl = StartKubectl(arguments);
        await kubectl.StandardInput.WriteAsync(input);
        kubectl.StandardInput.Close();
        var (output, error) = (kubectl.StandardOutput.ReadToEndAsync(Cancelled), kubectl.StandardError.ReadToEndAsync(Cancelled));
        await kubectl.WaitForExitAsync(Cancelled);
        return (kubectl.ExitCode, await output, await error);
    }

    private Process StartKubectl(params string[] arguments)
    {
        Assert.NotNull(sandbox.Client);
        return Process.Start(
            new ProcessStartInfo(
                Path.Combine(SandboxFixture.Binaries, "tools", "kubectl"),
                ["--kubeconfig", Path.Combine(sandbox.Folder, "kubeconfig"), .. arguments]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }

    private static V1Pod Shell(string name, string script) =>
        new()
        {
            Metadata = new() { Name = name },
            Spec = new()
            {
                Containers =
                [
                    new()
                    {
                        Name = "shell",
                        Image = "docker.io/library/debian:bookworm",
                        Command = ["/bin/sh", "-c", script],
                    },
                ],
            },
        };

    private static void Share(V1Pod pod)
    {
        pod.Spec.Volumes = [new() { Name = "data", EmptyDir = new() }];
        pod.Spec.Containers[0].VolumeMounts = [new() { Name = "data", MountPath = "/data" }];
    }

    private string EmptyDir(V1Pod pod) => Path.Combine(sandbox.Folder, "pods", pod.Metadata.Uid, "volumes", "data");

    private Task<V1Pod> CreateAsync(V1Pod pod, string ns) =>
        sandbox.Client.CoreV1.CreateNamespacedPodAsync(pod, ns, cancellationToken: Cancelled);

    private Task<V1Pod> UntilAsync(string ns, string name, Func<V1Pod, bool> desired) =>
        SandboxFixture.UntilAsync(
            () => sandbox.Client.CoreV1.ReadNamespacedPodAsync(name, ns, cancellationToken: Cancelled),
            desired,
            Soon,
            Cancelled
        );
}
