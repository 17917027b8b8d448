using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using k8s;

namespace GitOpsOperator.Operator.Tests.Running;

/// <summary>Whoever may write ConfigMaps anywhere must not be able to take the operator down with them.</summary>
[Trait("starts", "processes")]
public sealed class OthersObjectsTests
{
    private const int Objects = 500;
    private const int Size = 200 * 1000;
    private const long Limit = 512L << 20;
    private const long MaxPeak = 300L << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_megabytes_of_others_ConfigMaps_cost_the_operator_next_to_nothing()
    {
        await using var world = await OperatorWorld.StartAsync();
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        var text = new string('x', Size);
        for (var number = 0; number < Objects; number++)
        {
            await client.CoreV1.CreateNamespacedConfigMapAsync(
                new()
                {
                    Metadata = new() { Name = $"others-{number}" },
                    Data = new Dictionary<string, string> { ["text"] = text },
                },
                "default",
                cancellationToken: Token
            );
        }

        var url = $"http://127.0.0.1:{FreePort()}";
        var configuration = world.Write(
            "config.yaml",
            $$"""
            kubeconfig: {{world.Kubeconfig}}
            stateDirectory: {{world.Folder}}/state
            repositories: [{name: platform, url: {{world.RepositoryUrl}}, interval: 2s}]
            http: {listen: "{{url["http://".Length..]}}"}
            prometheus: {enabled: true, objectsFromCluster: true}
            leaderElection: {enabled: true}
            """
        );
        var assembly = Path.Combine(AppContext.BaseDirectory, "gitops-operator.dll");
        await using var limit = MemoryLimit.TryMake(Limit);
        using var program = Process.Start(
            new ProcessStartInfo("/bin/sh")
            {
                ArgumentList = { "-c", $"{limit.Enter}exec dotnet '{assembly}' run --config '{configuration}'" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = Task.WhenAll(program.StandardOutput.ReadToEndAsync(Token), program.StandardError.ReadToEndAsync(Token));
        try
        {
            using var http = new HttpClient { BaseAddress = new(url) };
            await OperatorWorld.UntilAsync(async () => program.HasExited || await IsReadyAsync(http), "ready");
            Assert.False(program.HasExited, program.HasExited ? string.Concat(await output) : "");
            await OperatorWorld.UntilAsync(
                async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count > 0,
                "the first member is started"
            );

            var peak = PeakOf(program);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{peak >> 20} MiB at most, {(limit.Holds ? "under a limit of 512 MiB" : "without a limit")}"
            );
            Assert.True(peak < MaxPeak, $"{peak >> 20} MiB");
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Resident memory at its highest (proc(5): VmHWM).</summary>
    private static long PeakOf(Process program)
    {
        var line = File.ReadLines($"/proc/{program.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/readyz", Token);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
