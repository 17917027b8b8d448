using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.Binaries;
using GitOpsOperator.Sandbox.Controllers.Deployments;
using GitOpsOperator.Sandbox.Controllers.Scheduling;
using GitOpsOperator.Sandbox.Controllers.Services;
using GitOpsOperator.Sandbox.Controllers.StatefulSets;
using GitOpsOperator.Sandbox.Dns;
using GitOpsOperator.Sandbox.Git;
using GitOpsOperator.Sandbox.Kube;
using GitOpsOperator.Sandbox.Node;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>
/// The process inside the namespaces: API server (its own or a real one), controllers, scheduler, nodes and DNS. It is process 1 of its PID
/// namespace, so when it ends, for whatever reason, the kernel ends every container.
/// </summary>
internal static partial class SandboxInside
{
    public const string Ready = "ready";
    public const int ApiPort = 6443;
    public const int GitPort = 3000;
    public const string Address = "10.128.0.1";

    public static string GitAddress => $"http://{Address}:{GitPort}";

    public static async Task<int> RunAsync(InsideOptions inside, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(builder =>
            builder
                .SetMinimumLevel(LogLevel.Information)
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddSimpleConsole(console =>
                    (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "HH:mm:ss.fff ")
                )
                .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        );
        var logger = loggers.CreateLogger("sandbox");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var term = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            context =>
            {
                context.Cancel = true;
                stopping.Cancel();
            }
        );
        try
        {
            await RunPartsAsync(inside, logger, stopping);
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static async Task RunPartsAsync(InsideOptions inside, ILogger logger, CancellationTokenSource stopping)
    {
        var stop = stopping.Token;
        var time = TimeProvider.System;
        var options = new NodeOptions
        {
            Directory = inside.Directory,
            Binaries = inside.Binaries,
            ProjectionDelay = inside.ProjectionDelay,
        };
        var network = new NodeNetwork(options);
        await HostProgram.RunAsync("mount", ["-t", "tmpfs", "tmpfs", "/run"], stop);
        await ResolverFile.MountAsync(options, stop);
        await network.CreateBridgeAsync(stop);

        await using var api = await StartApiAsync(inside, options, logger, stop);
        var kubeconfig = api.KubeconfigFor($"https://{Address}:{ApiPort}");
        await Kubeconfig.WriteAsync(inside.InsideKubeconfig, kubeconfig, stop);

        // From the user's shell the API server is reached through the forwarder of the outer process.
        await Kubeconfig.WriteAsync(inside.OutsideKubeconfig, api.KubeconfigFor($"https://127.0.0.1:{inside.OutsideApiPort}"), stop);

        await using var git = inside.Repositories is { } repositories
            ? await GitHttpServer.StartAsync(
                new()
                {
                    Root = repositories,
                    Address = options.Address,
                    Port = GitPort,
                },
                stop
            )
            : null;
        using var yaml = new MemoryStream(Encoding.UTF8.GetBytes(kubeconfig));
        var access = await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(yaml);
        using var client = new Kubernetes(access);
        var view = new ClusterView(client, time, logger);

        // A real API server brings its own controllers; all there is to do is notice when one of its programs ends.
        Func<CancellationToken, IEnumerable<Task>> controllers = api is KubeServer kube
            ? cancellationToken => [kube.EndedAsync(cancellationToken)]
            : cancellationToken =>
                [
                    new StatefulSetController(client, view, time, logger).RunAsync(cancellationToken),
                    new DeploymentController(client, view, time, logger).RunAsync(cancellationToken),
                    new EndpointsController(client, view, time, logger).RunAsync(cancellationToken),
                ];
        var accounts = new ServiceAccountFiles(
            client,
            Encoding.ASCII.GetBytes(string.Join('\n', access.SslCaCerts.Select(certificate => certificate.ExportCertificatePem())))
        );
        var images = new ImageBinaries(inside.Binaries, inside.Programs);
        var nodes = new SandboxNodes([
            .. NodeOptions.Names.Select(name => new SandboxNode(
                new NodeServices(client, view, options with { Name = name }, Delays(inside), network, images, accounts, time, logger)
            )),
        ]);
        var scheduler = new Scheduler(client, view, time, logger);
        (api as ApiServer)?.Reach(nodes);
        using var names = new DnsResponder(new ClusterZone(new ServiceRecords(view.Services, view.Pods)), options.Address, time, logger);
        using var control = new ControlServer(inside.ControlSocket, nodes, (api as ApiServer)?.Holds, logger);

        var reached = inside
            .Reach.Select(entry =>
                SocketForwarder.OnLoopback(
                    entry.Key,
                    token => SocketForwarder.ConnectAsync(new UnixDomainSocketEndPoint(entry.Value), token)
                )
            )
            .ToList();
        Task[] forwards = [.. reached.Select(forwarder => forwarder.RunAsync(reason => LogNotReached(logger, reason), stop))];
        Task[] parts =
        [
            .. forwards,
            view.RunAsync(stop),
            .. controllers(stop),
            scheduler.RunAsync(stop),
            nodes.RunAsync(stop),
            names.RunAsync(stop),
            control.RunAsync(stop),
            OuterEndedAsync(stop),
        ];
        await view.AllListed.WaitAsync(stop);
        await Console.Out.WriteLineAsync(Ready);
        await Console.Out.FlushAsync(stop);

        // The first part to end ends all: either the outer process is gone, or a part broke and its exception goes up.
        await await Task.WhenAny(parts);
        await stopping.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    private static async Task<IApiServer> StartApiAsync(
        InsideOptions inside,
        NodeOptions node,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var endpoint = new IPEndPoint(node.Address, ApiPort);
        return inside.KubeAssets is { } assets
            ? await KubeServer.StartAsync(
                new()
                {
                    Assets = assets,
                    Folder = Path.Combine(inside.Directory, SandboxOutside.KubeFolder),
                    Endpoint = endpoint,
                },
                TimeProvider.System,
                cancellationToken
            )
            : await ApiServer.StartAsync(
                new()
                {
                    Endpoints = [endpoint],
                    AuditFile = Path.Combine(inside.Directory, "logs", "audit.jsonl"),
                    Logger = logger,
                },
                cancellationToken
            );
    }

    private static NodeDelays Delays(InsideOptions inside) =>
        new()
        {
            Start = inside.StartDelay,
            Storage = inside.StorageDelay,
            Silence = inside.AddressSilence,
        };

    [LoggerMessage(Level = LogLevel.Warning, Message = "a port outside is not reached: {Reason}")]
    private static partial void LogNotReached(ILogger logger, string reason);

    // The outer process holds the other end of our input and never writes: its end is the end of the input, also after SIGKILL.
    private static async Task OuterEndedAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[1];
        while (await input.ReadAsync(buffer, cancellationToken) > 0) { }
    }
}
