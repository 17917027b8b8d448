using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Live.Access;
using GitOpsOperator.TestKit;
using GitOpsOperator.TestKit.Etcd;

namespace GitOpsOperator.Domains.Prometheus.Tests.Live;

/// <summary>What real processes of each release say of themselves, and how it is read.</summary>
[Trait("starts", "processes")]
public sealed class PrometheusEndpointProcessTests
{
    private const string Digest = "0123456789abcdef";

    public static TheoryData<string> Versions =>
        [.. Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(EtcdBinaries.Folder, "..", "prometheus");

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task It_says_what_it_runs_what_it_scrapes_and_why_it_refuses_a_file(string version)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("prometheus-test-").FullName;
        var port = FreePort();
        var configuration = Path.Combine(folder, "prometheus.yaml");

        // One target answers, one does not; of two rules one finds the same series twice, which cannot be divided.
        var text = $"""
            global: {"{scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}"}
            rule_files: [{folder}/rules.yaml, {folder}/{PrometheusMarkers.Configuration(Digest, 3)}/*.yaml]
            scrape_configs:
            - job_name: itself
              static_configs: [{"{targets: ['127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture) + "', '127.0.0.1:1']}"}]
            """;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "rules.yaml"),
            """
            groups:
            - name: rules
              rules:
              - {record: "test:good", expr: "sum(up)"}
              - {record: "test:bad", expr: "up / on(job) up"}
            """,
            cancellationToken
        );
        await File.WriteAllTextAsync(configuration, text, cancellationToken);
        using var process = Process.Start(
            new ProcessStartInfo(
                Path.Combine(Folder, version, "prometheus"),
                [
                    $"--config.file={configuration}",
                    $"--storage.tsdb.path={folder}/data",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--web.enable-lifecycle",
                    "--storage.tsdb.retention.time=3d",
                    "--log.level=error",
                ]
            )
        )!;
        try
        {
            using var endpoints = new PrometheusEndpoints(PrometheusEndpoints.DefaultDeadline, TimeProvider.System);
            var root = new Uri($"http://127.0.0.1:{port}/");
            ServerLive? server = null;
            ScrapedTargets? targets = null;
            await Eventually.SucceedsAsync(
                async () =>
                {
                    server = await endpoints.StatusAsync(root, cancellationToken);
                    targets = await endpoints.TargetsAsync(root, cancellationToken);
                    Assert.Equal((new ScrapedTargets(2, 1), 1), (targets, server?.FailingRules));
                },
                () => $"{server} {targets}",
                cancellationToken
            );
            Assert.StartsWith(version, server!.Version, StringComparison.Ordinal);
            Assert.Equal(
                (Digest, 3, true, true, 1),
                (server.ConfigurationDigest, server.ScrapingShards, server.Ready, server.ReloadSucceeded, server.RuleGroups)
            );
            Assert.Equal("3d", server.Retention!.Text);

            await File.WriteAllTextAsync(configuration, text + "\nno_such_section: true\n", cancellationToken);
            Assert.Contains("no_such_section", await endpoints.ReloadAsync(root, cancellationToken), StringComparison.Ordinal);
            Assert.False((await endpoints.StatusAsync(root, cancellationToken))!.ReloadSucceeded);

            await File.WriteAllTextAsync(configuration, text.Replace("-of-3", "", StringComparison.Ordinal), cancellationToken);
            Assert.Null(await endpoints.ReloadAsync(root, cancellationToken));
            server = await endpoints.StatusAsync(root, cancellationToken);
            Assert.Equal((Digest, 0, true), (server!.ConfigurationDigest, server.ScrapingShards, server.ReloadSucceeded));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task It_says_how_old_its_history_is_and_how_large_its_blocks_are(string version)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("prometheus-test-").FullName;
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;

        // Ten days of a series, made into blocks by its own tool.
        var from = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - (long)TimeSpan.FromDays(10).TotalSeconds;
        var samples = Enumerable
            .Range(0, 10 * 24 * 12)
            .Select(step => string.Create(CultureInfo.InvariantCulture, $"test_value {step % 97} {from + (300 * step)}"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "samples"),
            $"# TYPE test_value gauge\n{string.Join('\n', samples)}\n# EOF\n",
            cancellationToken
        );
        using (
            var blocks = Process.Start(
                new ProcessStartInfo(
                    Path.Combine(Folder, version, "promtool"),
                    ["tsdb", "create-blocks-from", "openmetrics", Path.Combine(folder, "samples"), data]
                )
                {
                    RedirectStandardOutput = true,
                }
            )!
        )
        {
            await blocks.StandardOutput.ReadToEndAsync(cancellationToken);
            await blocks.WaitForExitAsync(cancellationToken);
            Assert.Equal(0, blocks.ExitCode);
        }

        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yaml"), "global: {}\n", cancellationToken);
        using var process = Process.Start(
            new ProcessStartInfo(
                Path.Combine(Folder, version, "prometheus"),
                [
                    $"--config.file={folder}/prometheus.yaml",
                    $"--storage.tsdb.path={data}",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--storage.tsdb.retention.time=30d",
                    "--log.level=error",
                ]
            )
        )!;
        try
        {
            using var endpoints = new PrometheusEndpoints(PrometheusEndpoints.DefaultDeadline, TimeProvider.System);
            HistoryLive? history = null;
            await Eventually.SucceedsAsync(
                async () =>
                {
                    history = await endpoints.HistoryAsync(new($"http://127.0.0.1:{port}/"), cancellationToken);
                    Assert.NotNull(history);
                },
                () => "no history",
                cancellationToken
            );
            Assert.InRange(history!.Age, TimeSpan.FromDays(10), TimeSpan.FromDays(10) + TimeSpan.FromMinutes(10));

            // The chunks and the index of each block, which are nearly all of it.
            var files = Directory
                .GetFiles(data, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) == "index" || Path.GetFileName(Path.GetDirectoryName(file)) == "chunks")
                .Sum(file => new FileInfo(file).Length);
            Assert.InRange(history.Bytes, files / 2, files * 2);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
