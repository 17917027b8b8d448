using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace GitOpsOperator.Sync.Tests;

/// <summary>
/// A real sshd that lets one key in, as the user <c>git</c>. It runs without rights in a user namespace of its own, with the programs that
/// <c>scripts/binaries.sh</c> has fetched, so nothing has to be installed and no account made.
/// </summary>
internal sealed class SshServer : IAsyncDisposable
{
    private readonly Process _sshd;

    private SshServer(Process sshd, string folder, int port) => (_sshd, Folder, Port) = (sshd, folder, port);

    public static string Programs
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "GitOpsOperator.sln")))
                {
                    return Path.Combine(
                        Environment.GetEnvironmentVariable("GITOPS_SANDBOX_BINARIES") is { Length: > 0 } named
                            ? named
                            : Path.Combine(folder.FullName, ".cache", "binaries"),
                        "tools",
                        "ssh"
                    );
                }
            }

            throw new InvalidOperationException("The tests do not run inside a checkout");
        }
    }

    public string Folder { get; }

    public int Port { get; }

    public string Key => Path.Combine(Folder, "key");

    public string KnownHosts => Path.Combine(Folder, "known_hosts");

    public static async Task<SshServer> StartAsync(string folder, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(Programs, "sshd")), $"{Programs} has no sshd; run `make binaries`");
        Directory.CreateDirectory(folder);

        // The machine's own client comes first, as for users; a machine without one takes the fetched one.
        var path = Environment.GetEnvironmentVariable("PATH")!;
        if (!path.Split(':').Contains(Programs))
        {
            Environment.SetEnvironmentVariable("PATH", $"{path}:{Programs}");
        }

        var port = FreePort();
        await KeyAsync(Path.Combine(folder, "key"), cancellationToken);
        await KeyAsync(Path.Combine(folder, "host"), cancellationToken);

        // Moved: a public key beside the private one would be believed, and a Secret has none.
        File.Move(Path.Combine(folder, "key.pub"), Path.Combine(folder, "authorized"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "known_hosts"),
            $"[127.0.0.1]:{port} {await File.ReadAllTextAsync(Path.Combine(folder, "host.pub"), cancellationToken)}",
            cancellationToken
        );
        await File.WriteAllTextAsync(Path.Combine(folder, "passwd"), "git:x:1000:1000::/tmp:/bin/sh\n", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "group"), "git:x:1000:\n", cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "sshd.conf"),
            $"""
            ListenAddress 127.0.0.1
            Port {port}
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/authorized
            PasswordAuthentication no
            UsePAM no
            StrictModes no
            PidFile none

            """,
            cancellationToken
        );
        var bubblewrap = Environment
            .GetEnvironmentVariable("PATH")!
            .Split(':')
            .Append(Path.GetDirectoryName(Programs)!)
            .Select(part => Path.Combine(part, "bwrap"))
            .First(File.Exists);
        var sshd = Process.Start(
            new ProcessStartInfo(
                bubblewrap,
                [
                    "--unshare-user",
                    "--uid",
                    "1000",
                    "--gid",
                    "1000",
                    "--die-with-parent",
                    "--dev-bind",
                    "/",
                    "/",
                    "--ro-bind",
                    Path.Combine(folder, "passwd"),
                    "/etc/passwd",
                    "--ro-bind",
                    Path.Combine(folder, "group"),
                    "/etc/group",
                    "--setenv",
                    "LD_LIBRARY_PATH",
                    Programs,
                    Path.Combine(Programs, "sshd"),
                    "-D",
                    "-e",
                    "-f",
                    Path.Combine(folder, "sshd.conf"),
                ]
            )
            {
                RedirectStandardError = true,
            }
        )!;
        var line = await sshd.StandardError.ReadLineAsync(cancellationToken);
        Assert.SkipWhen(line?.StartsWith("bwrap:", StringComparison.Ordinal) == true, $"this machine forbids user namespaces: {line}");
        Assert.StartsWith("Server listening", line, StringComparison.Ordinal);
        _ = sshd.StandardError.ReadToEndAsync(CancellationToken.None);
        return new(sshd, folder, port);
    }

    public string UrlOf(string path) => $"ssh://git@127.0.0.1:{Port}{path}";

    /// <summary>A key pair without a passphrase: FILE and FILE.pub.</summary>
    public static async Task KeyAsync(string file, CancellationToken cancellationToken)
    {
        using var made = Process.Start(
            new ProcessStartInfo(Path.Combine(Programs, "ssh-keygen"), ["-q", "-t", "ed25519", "-N", "", "-f", file])
        )!;
        await made.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, made.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_sshd.HasExited)
        {
            _sshd.Kill(entireProcessTree: true);
        }

        await _sshd.WaitForExitAsync(CancellationToken.None);
        _sshd.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
