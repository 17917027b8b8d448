using System.CommandLine;
using System.CommandLine.Parsing;

namespace GitOpsOperator.Sandbox.Cli;

/// <summary><c>up</c>: a sandbox in the foreground.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var directory = SandboxCommands.Folder();
        var binaries = new Option<string>("--binaries")
        {
            Description = "Folder that scripts/binaries.sh filled. Also: GITOPS_SANDBOX_BINARIES",
            DefaultValueFactory = _ => SandboxBinaries.Folder(),
        };
        var git = new Option<string?>("--git") { Description = "Folder of bare repositories to serve over http" };
        var kube = new Option<string?>("--kube-assets")
        {
            Description =
                "Folder of kube-apiserver, kube-controller-manager and etcd: run on this real API server, not on the built-in one. "
                + "scripts/kube.sh builds them",
        };
        var projection = new Option<int>("--projection-delay")
        {
            Description = "Seconds for which pods keep the files from before a ConfigMap or Secret changed, as under a kubelet",
        };
        var start = Delay("--start-delay", "Seconds from a pod that is given to a node to its first container, as 20 or 1-120");
        var storage = Delay("--storage-delay", "Seconds for which new claims are Pending, as 20 or 1-120");
        var silence = Delay("--silent-addresses", "Seconds for which addresses of ended pods swallow packets, as 20 or 1-120");
        var reach = new Option<int[]>("--reach")
        {
            Description = "A port on this machine's 127.0.0.1 that the inside reaches under the same address; may be given again",
        };
        var programs = new Option<IReadOnlyDictionary<string, string>>("--image")
        {
            Description =
                "NAME=FOLDER: a .NET program of this machine that pods run as the image of that name, as its folder holds it; "
                + "may be given again",
            CustomParser = Images,
            DefaultValueFactory = _ => new Dictionary<string, string>(),
        };
        var command = new Command(
            "up",
            """
            Run a sandbox in the foreground until interrupted.
            Exit code: 0 when interrupted, 1 error, 2 this machine forbids namespaces (the message says what to do).
            """
        )
        {
            directory,
            binaries,
            programs,
            git,
            kube,
            projection,
            start,
            storage,
            silence,
            reach,
        };
        command.Aliases.Add("run");
        command.SetAction(
            (parsed, cancellationToken) =>
                SandboxCommand.RunAsync(
                    new()
                    {
                        Directory = parsed.GetRequiredValue(directory),
                        Binaries = parsed.GetRequiredValue(binaries),
                        Programs = parsed.GetRequiredValue(programs),
                        Repositories = parsed.GetValue(git),
                        KubeAssets = parsed.GetValue(kube),
                        ProjectionDelay = TimeSpan.FromSeconds(Math.Max(0, parsed.GetValue(projection))),
                        StartDelay = parsed.GetRequiredValue(start),
                        StorageDelay = parsed.GetRequiredValue(storage),
                        AddressSilence = parsed.GetRequiredValue(silence),
                        Reach = parsed.GetValue(reach) ?? [],
                    },
                    Console.Out,
                    cancellationToken
                )
        );
        return command;
    }

    private static Option<DelayRange> Delay(string name, string description) =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => DelayRange.None,
            CustomParser = result =>
            {
                var given = result.Tokens[0].Value;
                if (DelayRange.Parse(given) is { } range)
                {
                    return range;
                }

                result.AddError($"{name}: '{given}' is no number of seconds; give for example 20 or 1-120");
                return DelayRange.None;
            },
        };

    private static Dictionary<string, string> Images(ArgumentResult result)
    {
        var programs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var token in result.Tokens)
        {
            if (token.Value.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } folder])
            {
                programs[name] = folder;
                continue;
            }

            result.AddError($"--image: '{token.Value}' is not NAME=FOLDER; give for example gitops-operator=out");
        }

        return programs;
    }
}
