using System.CommandLine;
using GitOpsOperator.Sandbox;
using GitOpsOperator.Sandbox.History;
using GitOpsOperator.Sandbox.Story;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>sandbox</c> and what is done with one.</summary>
internal static class SandboxCommands
{
    public static Command Create()
    {
        var directory = Directory();
        var binaries = new Option<string>("--binaries")
        {
            Description = "Folder that scripts/binaries.sh filled. Also: GITOPS_SANDBOX_BINARIES",
            DefaultValueFactory = _ => SandboxBinaries.Folder(),
        };
        var git = new Option<string?>("--git") { Description = "Folder of bare repositories to serve over http" };
        var kube = KubeAssets();
        var projection = new Option<int>("--projection-delay") { Description = "Seconds for which pods keep the files from before a ConfigMap or Secret changed, as under a kubelet" };
        var reach = new Option<int[]>("--reach") { Description = "A port on this machine's 127.0.0.1 that the inside reaches under the same address; may be given again" };
        var command = new Command("sandbox", """
            A small cluster on this machine, for trying and testing: a Kubernetes API, and pods that are real processes.
            It needs Linux namespaces, no root and no container engine. It is a sandbox; production is Kubernetes.

            Without a further command it runs in the foreground until interrupted.
            Exit code: 0 when interrupted, 1 error, 2 this machine forbids namespaces (the message says what to do).
            """)
        {
            directory, binaries, git, kube, projection, reach, Exec(), Fault(), Demo(), DemoInCluster(), Write(), Account(), Relay(),
        };
        command.SetAction((parsed, cancellationToken) => SandboxCommand.RunAsync(
            new()
            {
                Directory = parsed.GetRequiredValue(directory),
                Binaries = parsed.GetRequiredValue(binaries),
                Repositories = parsed.GetValue(git),
                KubeAssets = parsed.GetValue(kube),
                ProjectionDelay = TimeSpan.FromSeconds(Math.Max(0, parsed.GetValue(projection))),
                Reach = parsed.GetValue(reach) ?? [],
            },
            Console.Out,
            cancellationToken));
        return command;
    }

    private static Option<string> Directory() => new("--directory")
    {
        Description = "Folder of the sandbox: kubeconfigs, volumes, logs",
        DefaultValueFactory = _ => Path.Combine("out", "sandbox"),
    };

    private static Option<string?> KubeAssets() => new("--kube-assets")
    {
        Description = "Folder of kube-apiserver, kube-controller-manager and etcd: run on this real API server, not on the built-in one. scripts/kube.sh builds them",
    };

    private static Command Exec()
    {
        var directory = Directory();
        var run = new Argument<string[]>("command") { Description = "After --: the command and its arguments", Arity = ArgumentArity.OneOrMore };
        var command = new Command("exec", "Run a command inside the network of a running sandbox, and end with its exit code.") { directory, run };
        command.SetAction((parsed, cancellationToken) => SandboxCommand.ExecAsync(
            parsed.GetRequiredValue(directory), parsed.GetRequiredValue(run), Console.Error, cancellationToken));
        return command;
    }

    private static Command Fault()
    {
        var directory = Directory();
        var kind = new Argument<string>("kind") { Description = "kill: SIGKILL to its containers. wipe: that, and its volumes are emptied. stop: SIGSTOP, until continue. partition: nothing reaches it nor leaves it, until heal. cut: what it sends to --from does not arrive, until heal. lose: a node is gone with all that it runs, until return" };
        kind.AcceptOnlyFromAmong("kill", "wipe", "stop", "continue", "partition", "cut", "heal", "lose", "return");
        var target = new Argument<string>("target") { Description = "A pod, as NAME or NAMESPACE/NAME; for lose and return a node" };
        var from = new Option<string?>("--from") { Description = "For cut: ADDRESS, ADDRESS:PORT or a network as ADDRESS/PREFIX:PORT; may be done again for more" };
        var command = new Command("fault", "Let something happen to a pod or a node, for real.") { kind, target, directory, from };
        command.Validators.Add(result =>
        {
            if (result.GetValue(kind) == "cut" != result.GetValue(from) is not null)
            {
                result.AddError("--from belongs to cut, and cut needs it");
            }
        });
        command.SetAction((parsed, cancellationToken) => SandboxCommand.FaultAsync(
            parsed.GetRequiredValue(directory), parsed.GetRequiredValue(kind), parsed.GetRequiredValue(target), parsed.GetValue(from), Console.Out, cancellationToken));
        return command;
    }

    private static Command Demo()
    {
        var directory = new Option<string>("--directory") { Description = "Folder that is emptied and used", DefaultValueFactory = _ => Path.Combine("out", "demo") };
        var example = new Option<string>("--example") { Description = "Repository to start from", DefaultValueFactory = _ => Path.Combine("examples", "repo") };
        var deploy = Deploy();
        var keep = new Option<bool>("--keep") { Description = "Leave all running at the end, until interrupted" };
        var kube = KubeAssets();
        var command = new Command("demo", "Tell the whole story: commits that change a size, real etcd that follows, status that comes back.")
        {
            directory, example, deploy, keep, kube,
        };
        command.SetAction((parsed, cancellationToken) => SizeStory.TellAsync(
            new(
                new(SelfProgram.CommandLine, Path.GetFullPath(parsed.GetRequiredValue(directory)), SandboxBinaries.Folder(), parsed.GetValue(kube))
                {
                    Deploy = Path.GetFullPath(parsed.GetRequiredValue(deploy)),
                },
                parsed.GetRequiredValue(example), parsed.GetValue(keep)),
            Console.Out,
            cancellationToken));
        return command;
    }

    private static Option<string> Deploy() => new("--deploy") { Description = "Folder with the operator's manifests, which say what it may do", DefaultValueFactory = _ => "deploy" };

    private static Command DemoInCluster()
    {
        var directory = new Option<string>("--directory") { Description = "Folder that is emptied and used", DefaultValueFactory = _ => Path.Combine("out", "demo-in-cluster") };
        var example = new Option<string>("--example") { Description = "Repository to start from", DefaultValueFactory = _ => Path.Combine("examples", "repo") };
        var deploy = Deploy();
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Of a cluster that is there already, to tell the story on it; without, a sandbox is made for it" };
        var image = new Option<string?>("--image") { Description = "With --kubeconfig: the operator's image, as that cluster pulls it or its nodes have it. `make image` builds it" };
        var command = new Command("demo-in-cluster", "Tell the story of the operator as pods of the cluster: deployed, killed, removed and deployed again.")
        {
            directory, example, deploy, kubeconfig, image,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(kubeconfig) is null != result.GetValue(image) is null)
            {
                result.AddError("--kubeconfig needs --image, the operator's image as that cluster pulls it, and --image is of use with it alone");
            }
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var folder = Path.GetFullPath(parsed.GetRequiredValue(directory));
            var (start, manifests) = (parsed.GetRequiredValue(example), parsed.GetRequiredValue(deploy));
            return parsed.GetValue(kubeconfig) is { } file
                ? InClusterStory.TellAsync(
                    new ForeignCluster(Path.Combine(SandboxBinaries.Folder(), "tools", "kubectl"), Path.GetFullPath(file), parsed.GetRequiredValue(image)!),
                    folder, start, manifests, Console.Out, cancellationToken)
                : InClusterStory.TellAsync(
                    new(new(SelfProgram.CommandLine, folder, SandboxBinaries.Folder(), KubeAssets: null), start, Keep: false), manifests, Console.Out, cancellationToken);
        });
        return command;
    }

    private static Option<Uri> Endpoint() => new("--endpoint")
    {
        Description = "Client Service of the cluster",
        Required = true,
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var endpoint))
            {
                return endpoint;
            }

            result.AddError($"--endpoint: '{result.Tokens[0].Value}' is no URL; give for example http://orders-client.default.svc:2379");
            return null;
        },
    };

    private static Command Relay()
    {
        var port = new Option<int>("--port") { Description = "Port to listen on, on all addresses", Required = true };
        var command = new Command("relay", "Carry what connects to a port through this program's input and output, for who started it by kubectl exec -i.") { port };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => SandboxCommand.RelayAsync(parsed.GetRequiredValue(port), cancellationToken));
        return command;
    }

    private static Command Write()
    {
        var endpoint = Endpoint();
        var history = new Option<string>("--history") { Description = "File to append to", Required = true };
        var connections = new Option<int>("--connections") { Description = "Writers side by side", DefaultValueFactory = _ => 4 };
        var pause = new Option<int>("--pause") { Description = "Milliseconds between two writes of one connection", DefaultValueFactory = _ => 20 };
        var command = new Command("write", "Write to an etcd cluster until interrupted, and log every write and its answer.")
        {
            endpoint, history, connections, pause,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var writer = new HistoryWriter(parsed.GetRequiredValue(endpoint), parsed.GetRequiredValue(history), TimeProvider.System);
            await writer.RunAsync(parsed.GetValue(connections), TimeSpan.FromMilliseconds(parsed.GetValue(pause)), cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Account()
    {
        var endpoint = Endpoint();
        var history = new Option<string>("--history") { Description = "File that `write` made", Required = true };
        var command = new Command("account", "Compare what a writer was told with what the cluster holds. Exit code: 0 nothing lost and all linearizable, 3 otherwise.")
        {
            endpoint, history,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(history);
            var told = await PutHistory.ReadAsync(path, cancellationToken);
            var registers = await RegisterHistory.ReadAsync(RegisterHistory.PathBeside(path), cancellationToken);
            var verdict = registers.Judge();
            var lost = told.Lost(await StoredKeys.ReadAsync(parsed.GetRequiredValue(endpoint), TimeProvider.System, cancellationToken));
            Console.WriteLine($"acknowledged writes: {told.Acknowledged}, lost: {lost.Count}, longest pause: {told.LongestPause()} ms; "
                + (!verdict.Inexplicable.IsEmpty ? $"not linearizable: {string.Join(", ", verdict.Inexplicable)}"
                    : $"{registers.Answered} reads, writes and swaps of shared keys are linearizable{(verdict.Undecided.IsEmpty ? "" : $", but for {verdict.Undecided.Length} keys of which it takes too long to say")}"));
            return lost.Count == 0 && verdict.Inexplicable.IsEmpty ? ExitCodes.Success : 3;
        });
        return command;
    }
}
