using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using GitOpsOperator.Domains.Etcd.Live.Access;

namespace GitOpsOperator.TestKit.Etcd;

/// <summary>One real etcd on loopback, with its own folder, ended and removed at the end.</summary>
public sealed class EtcdProcess : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;

    private readonly StringBuilder _log = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("etcd-test-").FullName;
    private readonly string _version;
    private Process? _process;

    public EtcdProcess(string version, string name, string? advertisedPeerUrl = null)
    {
        _version = version;
        Name = name;
        int[] ports = FreePorts(3);
        PeerUrl = $"http://127.0.0.1:{ports[0]}";
        ClientPort = ports[1];
        MetricsPort = ports[2];
        AdvertisedPeerUrl = advertisedPeerUrl ?? PeerUrl;
    }

    public string Name { get; }

    public string PeerUrl { get; }

    public string AdvertisedPeerUrl { get; }

    public int ClientPort { get; }

    public int MetricsPort { get; }

    public string ClientUrl => $"http://127.0.0.1:{ClientPort}";

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public void Start(string state, string initialCluster)
    {
        var start = new ProcessStartInfo(EtcdBinaries.Find(_version))
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                $"--name={Name}",
                $"--data-dir={_folder}/data",
                $"--listen-peer-urls={PeerUrl}",
                $"--listen-client-urls={ClientUrl}",
                $"--listen-metrics-urls=http://127.0.0.1:{MetricsPort}",
                $"--initial-advertise-peer-urls={AdvertisedPeerUrl}",
                $"--advertise-client-urls={ClientUrl}",
                $"--initial-cluster={initialCluster}",
                $"--initial-cluster-state={state}",
                "--initial-cluster-token=test",
                "--logger=zap",
            },
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        _process.OutputDataReceived += Append;
        _process.ErrorDataReceived += Append;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts three members that form a cluster, and waits until it has a leader.</summary>
    public static async Task<EtcdProcess[]> StartClusterAsync(string version, int size, CancellationToken cancellationToken)
    {
        var members = Enumerable.Range(0, size).Select(index => new EtcdProcess(version, $"m{index}")).ToArray();
        var initial = string.Join(',', members.Select(member => $"{member.Name}={member.AdvertisedPeerUrl}"));
        foreach (var member in members)
        {
            member.Start("new", initial);
        }

        foreach (var member in members)
        {
            await member.WaitReadyAsync(cancellationToken);
        }

        return members;
    }

    public EtcdEndpoint Connect(TimeSpan? deadline = null) => new(ClientUrl, deadline ?? TimeSpan.FromSeconds(2), TimeProvider.System);

    /// <summary>Waits until the member serves a linearizable read.</summary>
    public async Task WaitReadyAsync(CancellationToken cancellationToken)
    {
        using var endpoint = Connect();
        await Eventually.SucceedsAsync(() => endpoint.ReadLinearizablyAsync(cancellationToken), () => Log, cancellationToken);
    }

    public void Suspend() => Signal(Stop);

    public void Resume() => Signal(Continue);

    public async Task<int> WaitExitAsync(CancellationToken cancellationToken)
    {
        await _process!.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync(CancellationToken.None);
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Ports that differ: each is held until all are known, or the system may give the same one twice.</summary>
    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        try
        {
            foreach (TcpListener listener in listeners)
            {
                listener.Start();
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (TcpListener listener in listeners)
            {
                listener.Dispose();
            }
        }
    }

    private void Append(object sender, DataReceivedEventArgs e)
    {
        lock (_log)
        {
            _log.AppendLine(e.Data);
        }
    }

    private void Signal(int signal)
    {
        if (Kill(_process!.Id, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent to etcd {Name}");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int pid, int signal);
}
