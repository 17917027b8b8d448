using System.Text;
using static GitOpsOperator.EndToEnd.Tests.PrometheusDocuments;

namespace GitOpsOperator.EndToEnd.Tests;

public sealed class PrometheusSecretTests
{
    private const string Job = "scrapeConfig/default/api";

    /// <summary>The API server: it has a certificate of its own authority, and lets nobody in without a token.</summary>
    private const string Api = """
        apiVersion: monitoring.coreos.com/v1alpha1
        kind: ScrapeConfig
        metadata:
          name: api
        spec:
          staticConfigs:
          - targets: ["10.128.0.1:6443"]
          scheme: HTTPS
          metricsPath: /apis
          scrapeInterval: 2s
          scrapeTimeout: 2s
          tlsConfig:
            ca: {secret: {name: api-access, key: ca.crt}}
          authorization:
            credentials: {name: api-access, key: token}
        """;

    [Fact]
    public async Task Credentials_and_certificates_of_Secrets_are_used_followed_and_shown_to_nobody()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        var authority = Encoding.UTF8.GetString(
            Convert.FromBase64String(
                await run.KubectlAsync(
                    ["config", "view", "--raw", "-o", "jsonpath={.clusters[0].cluster.certificate-authority-data}"],
                    cancellationToken
                )
            )
        );
        var token = (
            await run.KubectlAsync(["config", "view", "--raw", "-o", "jsonpath={.users[0].user.token}"], cancellationToken)
        ).Trim();

        await run.CommitAsync("main.yaml", Prometheus(Binaries.Prometheus(Binaries.Newest)), cancellationToken);
        await run.CommitAsync("api.yaml", Api, cancellationToken);
        await run.UntilStatusAsync(
            "the missing Secret",
            text =>
                text.Contains("phase: Converged", StringComparison.Ordinal)
                && text.Contains(
                    "ScrapeConfig default/api is left out: Secret default/api-access, key token is missing",
                    StringComparison.Ordinal
                ),
            cancellationToken
        );
        var uid = await Uid();

        // The authority is known, so that who is refused is refused for the token alone.
        await run.ApplyAsync(Secret("outdated-token"), cancellationToken);
        await run.UntilAsync(
            "a refused token",
            async cancellationToken => (await ErrorAsync(cancellationToken)).Contains("401", StringComparison.Ordinal),
            cancellationToken
        );

        await run.ApplyAsync(Secret(token), cancellationToken);
        await run.UntilAsync(
            "an answer that is no metrics",
            async cancellationToken =>
                await ErrorAsync(cancellationToken) is { Length: > 0 } error && !error.Contains("401", StringComparison.Ordinal),
            cancellationToken
        );
        var answered = await ErrorAsync(cancellationToken);
        Assert.DoesNotContain("x509", answered, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP status", answered, StringComparison.Ordinal);
        Assert.Equal(uid, await Uid());

        var status = await run.UntilStatusAsync(
            "all at work",
            text => text.Contains("phase: Converged", StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Contains(
            $"job_name: {Job}",
            (await run.AskAsync("prometheus-main-0", "/api/v1/status/config", cancellationToken)).GetProperty("yaml").GetString()!,
            StringComparison.Ordinal
        );
        foreach (var secret in (string[])["outdated-token", token])
        {
            Assert.DoesNotContain(secret, status, StringComparison.Ordinal);
            Assert.DoesNotContain(run.Heard, line => line.Contains(secret, StringComparison.Ordinal));
        }

        object Secret(string bearer) =>
            new
            {
                apiVersion = "v1",
                kind = "Secret",
                metadata = new { name = "api-access" },
                data = new Dictionary<string, byte[]>
                {
                    ["ca.crt"] = Encoding.UTF8.GetBytes(authority),
                    ["token"] = Encoding.UTF8.GetBytes(bearer),
                },
            };

        async Task<string> Uid() =>
            await run.KubectlAsync(["get", "pod", "prometheus-main-0", "-o", "jsonpath={.metadata.uid}"], cancellationToken);

        async Task<string> ErrorAsync(CancellationToken cancellationToken) =>
            (await run.AskAsync("prometheus-main-0", "/api/v1/targets?state=active", cancellationToken))
                .GetProperty("activeTargets")
                .EnumerateArray()
                .Where(target => target.GetProperty("scrapePool").GetString() == Job)
                .Select(target => target.GetProperty("lastError").GetString())
                .FirstOrDefault()
            ?? "";
        await run.AgreesWithTheModelAsync(cancellationToken);
    }
}
