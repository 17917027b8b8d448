using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.Launch;
using k8s;
using k8s.Autorest;

namespace GitOpsOperator.Sandbox.Kube;

/// <summary>A real kube-apiserver with etcd behind it and kube-controller-manager beside it, as processes of this one.</summary>
public sealed class KubeServer : IApiServer
{
    /// <summary>What must be in the folder of assets.</summary>
    public static readonly IReadOnlyList<string> Programs = ["kube-apiserver", "kube-controller-manager", "etcd"];

    private const int LastWords = 10;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private readonly KubeOptions _options;
    private readonly string _authorityPem;
    private readonly string _token = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly List<(string Log, BackgroundProgram Program)> _programs = [];

    private KubeServer(KubeOptions options, string url, string authorityPem) =>
        (_options, Url, _authorityPem) = (options, url, authorityPem);

    /// <summary>The API server's address.</summary>
    public string Url { get; }

    /// <summary>The program that is missing in a folder of assets; null: it is complete.</summary>
    public static string? Missing(string assets) => Programs.FirstOrDefault(program => !File.Exists(Path.Combine(assets, program)));

    /// <summary>Returns when the API server answers and the controllers have been started.</summary>
    /// <exception cref="KubeException">A program is missing, ended, or did not answer in time.</exception>
    public static async Task<KubeServer> StartAsync(KubeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Missing(options.Assets) is { } missing)
        {
            throw new KubeException($"no {missing} in {options.Assets}; scripts/kube.sh builds what is needed and prints the folder");
        }

        // Keys and tokens are kept here: nobody else may look in.
        Directory.CreateDirectory(options.Folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(options.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var endpoint = options.Endpoint.Port == 0 ? new IPEndPoint(options.Endpoint.Address, FreePort()) : options.Endpoint;
        var certificate = Certificates.CreatePem([.. options.CertificateNames, endpoint.Address.ToString()], time);
        var server = new KubeServer(options, $"https://{endpoint}", certificate.AuthorityPem);
        try
        {
            await server.StartAsync(endpoint, certificate, time, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public string KubeconfigFor(string url) => Kubeconfig.Of(url, _authorityPem, _token);

    /// <summary>Waits for a program that ends by itself, and throws with its last words.</summary>
    public async Task EndedAsync(CancellationToken cancellationToken)
    {
        var ended = await Task.WhenAny(_programs.Select(entry => entry.Program.EndedAsync(cancellationToken)));
        await ended;
        ThrowIfEnded();
    }

    public async ValueTask DisposeAsync()
    {
        // The newest first: a controller without its server and a server without its etcd only fill logs. A graceful end of the API
        // server waits for every watch, and nothing here is kept.
        foreach (var (_, program) in Enumerable.Reverse(_programs))
        {
            await program.KillAsync();
            await program.DisposeAsync();
        }
    }

    private async Task StartAsync(
        IPEndPoint endpoint,
        ServerCertificate certificate,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(At("service-accounts.pem"), key.ExportPkcs8PrivateKeyPem(), cancellationToken);
        await File.WriteAllTextAsync(At("tokens.csv"), $"{_token},admin,1,\"system:masters\"\n", cancellationToken);
        await File.WriteAllTextAsync(At("server.crt"), certificate.Pem, cancellationToken);
        await File.WriteAllTextAsync(At("server.key"), certificate.KeyPem, cancellationToken);
        await File.WriteAllTextAsync(At("kubeconfig"), KubeconfigFor(Url), cancellationToken);

        var clients = $"http://127.0.0.1:{FreePort()}";
        var peers = $"http://127.0.0.1:{FreePort()}";
        Start(
            "etcd",
            "--data-dir",
            At("etcd"),
            "--listen-client-urls",
            clients,
            "--advertise-client-urls",
            clients,
            "--listen-peer-urls",
            peers,
            "--initial-advertise-peer-urls",
            peers,
            "--initial-cluster",
            $"default={peers}",
            "--unsafe-no-fsync"
        );

        // ServiceAccount would put tokens into pods, which on this node talk to no API, in a form that differs from version to version.
        // TaintNodesByCondition would put a taint on the node that only a controller takes off which is left out.
        Start(
            "kube-apiserver",
            "--etcd-servers",
            clients,
            "--bind-address",
            $"{endpoint.Address}",
            "--secure-port",
            $"{endpoint.Port}",
            "--tls-cert-file",
            At("server.crt"),
            "--tls-private-key-file",
            At("server.key"),
            "--cert-dir",
            At("certificates"),
            "--token-auth-file",
            At("tokens.csv"),
            "--authorization-mode",
            "RBAC",
            "--service-cluster-ip-range",
            "10.96.0.0/16",
            "--endpoint-reconciler-type",
            "none",
            "--service-account-issuer",
            "https://kubernetes.default.svc",
            "--service-account-key-file",
            At("service-accounts.pem"),
            "--service-account-signing-key-file",
            At("service-accounts.pem"),
            "--disable-admission-plugins",
            "ServiceAccount,TaintNodesByCondition"
        );
        await AnsweringAsync(time, cancellationToken);

        // Started earlier it would not wait for the server, but end.
        Start(
            "kube-controller-manager",
            "--kubeconfig",
            At("kubeconfig"),
            "--leader-elect=false",
            "--controllers",
            string.Join(',', _options.Controllers),
            "--bind-address",
            "127.0.0.1",
            "--secure-port",
            $"{FreePort()}",
            "--cert-dir",
            At("certificates")
        );
    }

    private async Task AnsweringAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_options.StartDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        using var yaml = new MemoryStream(Encoding.UTF8.GetBytes(KubeconfigFor(Url)));
        using var client = new Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(yaml));
        try
        {
            while (true)
            {
                try
                {
                    // The first namespace is made by the server itself, at the end of its start.
                    await client.CoreV1.ReadNamespaceAsync("default", cancellationToken: either.Token);
                    return;
                }
                catch (Exception e) when (e is HttpRequestException or HttpOperationException && !either.IsCancellationRequested)
                {
                    ThrowIfEnded();
                    await Task.Delay(Poll, time, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new KubeException(
                $"kube-apiserver did not answer within {_options.StartDeadline}; its last words:\n{Tail(At("kube-apiserver.log"))}"
            );
        }
    }

    private void ThrowIfEnded()
    {
        foreach (var (log, _) in _programs.Where(entry => !entry.Program.Running))
        {
            throw new KubeException($"{Path.GetFileNameWithoutExtension(log)} ended by itself; its last words, of {log}:\n{Tail(log)}");
        }
    }

    private void Start(string program, params string[] arguments)
    {
        var log = At(program + ".log");
        _programs.Add((log, BackgroundProgram.Start([Path.Combine(_options.Assets, program), .. arguments], log)));
    }

    private static string Tail(string log) => string.Join('\n', Lines(log).TakeLast(LastWords));

    private static IEnumerable<string> Lines(string log)
    {
        // Its program may still be writing to it.
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private string At(string name) => Path.Combine(_options.Folder, name);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
