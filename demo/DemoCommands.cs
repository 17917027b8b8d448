using System.CommandLine;
using GitOpsOperator.Demo.Environments;
using GitOpsOperator.Sandbox.Cli;

namespace GitOpsOperator.Demo;

/// <summary>The commands of the program: one for each demo.</summary>
internal static class DemoCommands
{
    public static RootCommand Create() =>
        new(
            """
            Shows the operator at work, on a small cluster that it makes on this machine or on one that is there already.
            """
        )
        {
            Local(),
            InCluster(),
        };

    private static Command Local()
    {
        var directory = Directory("demo");
        var @operator = Operator();
        var example = Example();
        var deploy = Deploy();
        var keep = new Option<bool>("--keep") { Description = "Leave all running at the end, until interrupted" };
        var kube = new Option<string?>("--kube-assets")
        {
            Description =
                "Folder of kube-apiserver, kube-controller-manager and etcd: run on this real API server, not on the sandbox's "
                + "own. scripts/kube.sh builds them",
        };
        var command = new Command(
            "local",
            "Run the whole demo on this machine: commits that change a size, real etcd that follows, status that comes back."
        )
        {
            directory,
            @operator,
            example,
            deploy,
            keep,
            kube,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                LocalDemo.RunAsync(
                    new(
                        new(
                            DemoPrograms.With(parsed.GetRequiredValue(@operator)),
                            Path.GetFullPath(parsed.GetRequiredValue(directory)),
                            SandboxBinaries.Folder(),
                            parsed.GetValue(kube)
                        )
                        {
                            Deploy = Path.GetFullPath(parsed.GetRequiredValue(deploy)),
                        },
                        parsed.GetRequiredValue(example),
                        parsed.GetValue(keep)
                    ),
                    Console.Out,
                    cancellationToken
                )
        );
        return command;
    }

    private static Command InCluster()
    {
        var directory = Directory("demo-in-cluster");
        var @operator = Operator();
        var example = Example();
        var deploy = Deploy();
        var kubeconfig = new Option<string?>("--kubeconfig")
        {
            Description = "Of a cluster that is there already, to run the demo on; without, a sandbox is made for it",
        };
        var image = new Option<string?>("--image")
        {
            Description = "With --kubeconfig: the operator's image, as that cluster pulls it or its nodes have it. `make image` builds it",
        };
        var tools = new Option<string?>("--sandbox-image")
        {
            Description =
                "With --kubeconfig: the sandbox's image, of which a client is run; `make sandbox-image` builds it. Default: "
                + "gitops-sandbox beside the operator's, with the same tag",
        };
        var command = new Command("in-cluster", "Run the operator as pods of the cluster: deployed, killed, removed and deployed again.")
        {
            directory,
            @operator,
            example,
            deploy,
            kubeconfig,
            image,
            tools,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(kubeconfig) is null != result.GetValue(image) is null)
            {
                result.AddError(
                    "--kubeconfig needs --image, the operator's image as that cluster pulls it, and --image is of use with it alone"
                );
            }

            if (result.GetValue(tools) is not null && result.GetValue(kubeconfig) is null)
            {
                result.AddError("--sandbox-image is of use with --kubeconfig alone");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var folder = Path.GetFullPath(parsed.GetRequiredValue(directory));
                var (start, manifests) = (parsed.GetRequiredValue(example), parsed.GetRequiredValue(deploy));
                return parsed.GetValue(kubeconfig) is { } file
                    ? InClusterDemo.RunAsync(
                        ForeignCluster.With(
                            Path.Combine(SandboxBinaries.Folder(), "tools", "kubectl"),
                            Path.GetFullPath(file),
                            parsed.GetRequiredValue(image)!,
                            parsed.GetValue(tools)
                        ),
                        folder,
                        start,
                        manifests,
                        Console.Out,
                        cancellationToken
                    )
                    : InClusterDemo.RunAsync(
                        new(
                            new(DemoPrograms.With(parsed.GetRequiredValue(@operator)), folder, SandboxBinaries.Folder(), KubeAssets: null),
                            start,
                            Keep: false
                        ),
                        manifests,
                        Console.Out,
                        cancellationToken
                    );
            }
        );
        return command;
    }

    private static Option<string> Directory(string name) =>
        new("--directory") { Description = "Folder that is emptied and used", DefaultValueFactory = _ => Path.Combine("out", name) };

    private static Option<string> Operator() =>
        new("--operator")
        {
            Description = "The operator's program",
            DefaultValueFactory = _ => Path.Combine("out", DemoPrograms.OperatorName),
        };

    private static Option<string> Example() =>
        new("--example") { Description = "Repository to start from", DefaultValueFactory = _ => Path.Combine("examples", "repo") };

    private static Option<string> Deploy() =>
        new("--deploy")
        {
            Description = "Folder with the operator's manifests, which say what it may do",
            DefaultValueFactory = _ => "deploy",
        };
}
