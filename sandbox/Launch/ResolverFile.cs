using GitOpsOperator.Sandbox.Node;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>Puts the sandbox's own /etc/resolv.conf in the place of the machine's, inside the sandbox's mounts only.</summary>
internal static class ResolverFile
{
    private const string Machine = "/etc/resolv.conf";

    public static async Task MountAsync(NodeOptions options, CancellationToken cancellationToken)
    {
        var own = Path.Combine(options.Directory, "resolv.conf");
        await File.WriteAllTextAsync(own, ResolvConf.For(options, "default"), cancellationToken);

        // Often a link into /run, which is empty in here: the link's end must exist to be mounted over.
        if (new FileInfo(Machine).ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: false } end)
        {
            Directory.CreateDirectory(end.DirectoryName!);
            await File.WriteAllTextAsync(end.FullName, "", cancellationToken);
        }

        await HostProgram.RunAsync("mount", ["--bind", own, Machine], cancellationToken);
    }
}
