using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using k8s;

namespace GitOpsOperator.Sandbox.Tests.Api;

/// <summary>A real kube-apiserver with etcd behind it and the controllers that the contract needs (garbage collection), from the folder
/// that KUBEBUILDER_ASSETS names, as envtest has it. `make test-kube` builds one and sets it.</summary>
public sealed class RealApi : ApiUnderTest
{
    private readonly List<Process> _processes = [];
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("kube-");

    /// <summary>The folder of kube-apiserver, etcd and kube-controller-manager; null: there is none.</summary>
    public static string? Assets => Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } folder ? folder : null;

    public override async ValueTask DisposeAsync()
    {
        // The newest first: a controller without its server and a server without its etcd only fill logs.
        foreach (var process in Enumerable.Reverse(_processes))
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _home.Delete(recursive: true);
    }

    protected override async Task<string> StartAsync(CancellationToken ct)
    {
        Assert.SkipUnless(Assets is not null, "KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd; run `make test-kube`, which builds them");
        var (clients, peers, secure) = (FreePort(), FreePort(), FreePort());
        Start("etcd", "--data-dir", At("etcd"), "--listen-client-urls", $"http://127.0.0.1:{clients}", "--advertise-client-urls", $"http://127.0.0.1:{clients}",
            "--listen-peer-urls", $"http://127.0.0.1:{peers}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{peers}", "--initial-cluster", $"default=http://127.0.0.1:{peers}",
            "--unsafe-no-fsync");

        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(At("service-accounts.pem"), key.ExportPkcs8PrivateKeyPem(), ct);
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await File.WriteAllTextAsync(At("tokens.csv"), $"{token},admin,1,\"system:masters\"\n", ct);
        Start("kube-apiserver", "--etcd-servers", $"http://127.0.0.1:{clients}", "--bind-address", "127.0.0.1", "--secure-port", $"{secure}", "--cert-dir", At("certificates"),
            "--token-auth-file", At("tokens.csv"), "--authorization-mode", "RBAC", "--service-cluster-ip-range", "10.96.0.0/16", "--endpoint-reconciler-type", "none",
            "--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", At("service-accounts.pem"),
            "--service-account-signing-key-file", At("service-accounts.pem"), "--disable-admission-plugins", "ServiceAccount");

        var config = Kubeconfig($"https://127.0.0.1:{secure}", token);
        await File.WriteAllTextAsync(At("kubeconfig"), config, ct);
        await ReadyAsync(config, ct);
        Start("kube-controller-manager", "--kubeconfig", At("kubeconfig"), "--leader-elect=false", "--controllers", "garbagecollector,pvc-protection,disruption", "--secure-port", $"{FreePort()}",
            "--cert-dir", At("certificates"));
        return config;
    }

    private static string Kubeconfig(string url, string token) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: real
          cluster: {"{"}server: "{url}", insecure-skip-tls-verify: true{"}"}
        users:
        - name: real
          user: {"{"}token: {token}{"}"}
        contexts:
        - name: real
          context: {"{"}cluster: real, user: real{"}"}
        current-context: real

        """;

    private async Task ReadyAsync(string config, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        using var yaml = new MemoryStream(Encoding.UTF8.GetBytes(config));
        using var client = new Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(yaml));
        while (true)
        {
            try
            {
                await client.CoreV1.ReadNamespaceAsync("default", cancellationToken: deadline.Token);
                return;
            }
            catch (Exception error) when (error is HttpRequestException or k8s.Autorest.HttpOperationException && !deadline.IsCancellationRequested)
            {
                var ended = _processes.FirstOrDefault(process => process.HasExited);
                Assert.True(ended is null, $"{ended?.StartInfo.FileName} ended; its last words: {Tail(ended)}");
                await Task.Delay(200, deadline.Token);
            }
        }
    }

    private void Start(string program, params string[] arguments)
    {
        // Its output goes to a file by way of the shell: a pipe that nobody empties would stop it.
        var log = At(Path.GetFileName(program) + ".log");
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", program, log, Path.Combine(Assets!, program), .. arguments]));
        _processes.Add(process ?? throw new InvalidOperationException($"{program} did not start"));
    }

    private string Tail(Process? process)
    {
        var log = At(Path.GetFileName(process?.StartInfo.ArgumentList[2] ?? "") + ".log");
        return File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(10)) : "none";
    }

    private string At(string name) => Path.Combine(_home.FullName, name);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
