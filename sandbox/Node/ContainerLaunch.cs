using System.Globalization;
using GitOpsOperator.Sandbox.Binaries;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>Files that the node writes for every pod, as a kubelet does.</summary>
internal sealed record PodFiles(string Hosts, string ResolvConf, string Passwd);

/// <summary>Everything about one start of a container, resolved.</summary>
internal sealed record ContainerLaunch
{
    public required V1Pod Pod { get; init; }

    public required V1Container Container { get; init; }

    public required ImageContent Image { get; init; }

    public required PodAddress Place { get; init; }

    public required PodFiles Files { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Name of a volume → folder on the node.</summary>
    public required IReadOnlyDictionary<string, string> Volumes { get; init; }

    /// <summary>Folder on the node with the pod's token; null where it has none.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>File that the container sees as its termination message path.</summary>
    public required string TerminationLog { get; init; }

    /// <summary>The program and its arguments as the pod and the image give them, variables replaced.</summary>
    public IReadOnlyList<string> Command
    {
        get
        {
            var entrypoint = Container.Command is { Count: > 0 } command ? [.. command] : Image.Entrypoint;

            // As in Kubernetes: a command of the pod also drops the arguments of the image.
            var arguments =
                Container.Args is { Count: > 0 } args ? [.. args]
                : Container.Command is { Count: > 0 } ? []
                : Image.Command;
            return [.. entrypoint.Concat(arguments).Select(part => ContainerEnvironment.Expand(part, Environment))];
        }
    }

    /// <summary>
    /// The container as arguments of bubblewrap: the machine's /usr read-only, all else its own. The container's program is process 1
    /// of its namespace, as under a kubelet, so signals without a handler do the same here as there.
    /// </summary>
    public IReadOnlyList<string> Bubblewrap(int infoDescriptor)
    {
        // Never --die-with-parent: for the kernel the parent is the thread that started the process, and .NET ends idle pool threads
        // after some 20 s; healthy containers died of it. The end of the sandbox's PID namespace ends them anyway.
        var line = new List<string>
        {
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
            "--as-pid-1",
            "--new-session",
            "--info-fd",
            infoDescriptor.ToString(CultureInfo.InvariantCulture),
            "--hostname",
            Pod.Spec.Hostname ?? Pod.Metadata.Name,
            "--ro-bind",
            "/usr",
            "/usr",
        };
        foreach (var folder in (string[])["/bin", "/sbin", "/lib", "/lib32", "/lib64"])
        {
            MountSystemFolder(line, folder);
        }

        line.AddRange([
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--tmpfs",
            "/tmp",
            "--dir",
            "/run",
            "--dir",
            "/root",
            "--dir",
            "/var/lib",
            "--ro-bind",
            Files.Hosts,
            "/etc/hosts",
            "--ro-bind",
            Files.ResolvConf,
            "/etc/resolv.conf",
            "--ro-bind",
            Files.Passwd,
            "/etc/passwd",
            "--ro-bind-try",
            "/etc/ssl",
            "/etc/ssl",
            "--ro-bind-try",
            "/etc/ld.so.cache",
            "/etc/ld.so.cache",
            "--bind",
            TerminationLog,
            Container.TerminationMessagePath ?? TerminationMessage.DefaultPath,
        ]);
        foreach (var (inside, outside) in Image.Files)
        {
            line.AddRange(["--ro-bind", outside, inside]);
        }

        if (ServiceAccount is { } account)
        {
            line.AddRange(["--ro-bind", account, ServiceAccountFiles.Folder]);
        }

        foreach (var mount in Container.VolumeMounts ?? [])
        {
            line.AddRange(Mount(mount));
        }

        if (Container.SecurityContext?.ReadOnlyRootFilesystem == true)
        {
            line.AddRange(["--remount-ro", "/"]);
        }

        line.Add("--clearenv");
        foreach (var (name, value) in Environment)
        {
            line.AddRange(["--setenv", name, value]);
        }

        line.AddRange(["--chdir", string.IsNullOrEmpty(Container.WorkingDir) ? "/" : Container.WorkingDir, "--"]);
        line.AddRange(Command);
        return line;
    }

    private void MountSystemFolder(List<string> line, string folder)
    {
        // An image with programs in /bin gets a folder there that can hold them; its shell comes from the machine.
        if (Image.Files.Keys.Any(path => path.StartsWith(folder + "/", StringComparison.Ordinal)))
        {
            line.AddRange(["--dir", folder, "--symlink", "/usr/bin/sh", folder + "/sh"]);
        }
        else if (new DirectoryInfo(folder) is { Exists: true } info)
        {
            line.AddRange(info.LinkTarget is { } target ? ["--symlink", target, folder] : ["--ro-bind", folder, folder]);
        }
    }

    private IEnumerable<string> Mount(V1VolumeMount mount)
    {
        if (!Volumes.TryGetValue(mount.Name, out var folder))
        {
            throw new ContainerConfigException("CreateContainerConfigError", $"volumeMount \"{mount.Name}\" names no volume of the pod");
        }

        var source = folder;
        if (!string.IsNullOrEmpty(mount.SubPath))
        {
            source = Path.GetFullPath(Path.Combine(folder, mount.SubPath));
            if (!source.StartsWith(folder + "/", StringComparison.Ordinal))
            {
                throw new ContainerConfigException(
                    "CreateContainerConfigError",
                    $"volumeMount \"{mount.Name}\": subPath {mount.SubPath} leads out of the volume"
                );
            }

            if (!Path.Exists(source))
            {
                Directory.CreateDirectory(source);
            }
        }

        return [mount.ReadOnlyProperty == true ? "--ro-bind" : "--bind", source, mount.MountPath];
    }
}
