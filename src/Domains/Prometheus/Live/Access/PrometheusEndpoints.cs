using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Domains.Prometheus.Live.Access;

/// <summary>
/// Asks one Prometheus process, at its pod's own address (https://prometheus.io/docs/prometheus/latest/querying/api/). Every answer is
/// bounded in size and time.
/// </summary>
public sealed partial class PrometheusEndpoints(TimeSpan deadline, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(5);

    /// <summary>A reload answers only when everything is applied; thousands of jobs take their time.</summary>
    private static readonly TimeSpan ReloadDeadline = TimeSpan.FromSeconds(60);
    private const int MaxAnswerLength = 64 << 20;
    private const int MaxErrorLength = 2000;
    private const string OldestMetric = "prometheus_tsdb_lowest_timestamp_seconds ";
    private const string BlocksMetric = "prometheus_tsdb_storage_blocks_bytes ";

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxAnswerLength,
    };

    /// <summary>What the process says of itself; null where it does not answer.</summary>
    /// <param name="root">Such as <c>http://10.1.2.3:9090/</c>, with the route prefix.</param>
    public async Task<ServerLive?> StatusAsync(Uri root, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var ready = await IsReadyAsync(root, either.Token);
            var build = await GetAsync(root, "api/v1/status/buildinfo", either.Token);
            var runtime = await GetAsync(root, "api/v1/status/runtimeinfo", either.Token);
            var configuration = await GetAsync(root, "api/v1/status/config", either.Token);

            // While it replays its history the rules are not served yet.
            var groups = ready ? Groups(await GetAsync(root, "api/v1/rules", either.Token)) : [];
            var digests = groups
                .SelectMany(group => group.GetProperty("rules").EnumerateArray())
                .Select(Digest)
                .OfType<string>()
                .ToImmutableSortedSet(StringComparer.Ordinal);
            var marker = ConfigurationMarker().Match(Text(configuration, "yaml") ?? "");
            return new(
                Text(build, "version") ?? "unknown",
                ready,
                marker.Success ? marker.Groups[1].Value : null,
                digests,
                runtime.TryGetProperty("reloadConfigSuccess", out var succeeded) && succeeded.ValueKind == JsonValueKind.True,
                groups.Count(group => group.GetProperty("name").GetString() != PrometheusMarkers.RuleGroup)
            )
            {
                Retention = Retention.OfRuntime(Text(runtime, "storageRetention")),
                FailingRules = groups.Sum(group =>
                    group.GetProperty("rules").EnumerateArray().Count(rule => Text(rule, "health") == "err")
                ),
                ScrapingShards = marker.Groups[2].Success ? int.Parse(marker.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0,
            };
        }
        catch (Exception e) when (IsSilence(e, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>What the process has scraped, by its own series; null where it does not tell.</summary>
    public async Task<ScrapedTargets?> TargetsAsync(Uri root, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return new(await ValueAsync("count(up)"), await ValueAsync("sum(up)"));
        }
        catch (Exception e) when (IsSilence(e, cancellationToken))
        {
            return null;
        }

        // No series at all is no answer, which is none that are up.
        async Task<int> ValueAsync(string query) =>
            (await GetAsync(root, $"api/v1/query?query={Uri.EscapeDataString(query)}", either.Token))
                .GetProperty("result")
                .EnumerateArray()
                .Select(sample =>
                    int.TryParse(sample.GetProperty("value")[1].GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                        ? value
                        : 0
                )
                .FirstOrDefault();
    }

    /// <summary>What the process holds; null where it does not tell, or holds nothing.</summary>
    public async Task<HistoryLive?> HistoryAsync(Uri root, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // Of the process' own metrics, since no query finds what is older than the lookback.
            using var answer = await _http.GetAsync(new Uri(root, "metrics"), either.Token);
            answer.EnsureSuccessStatusCode();
            var lines = (await answer.Content.ReadAsStringAsync(either.Token)).Split('\n');
            return
                Metric(lines, OldestMetric) is { } seconds
                && seconds is > 0 and < 1e11
                && time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long)seconds) is var age
                && age > TimeSpan.Zero
                ? new(age, Metric(lines, BlocksMetric) is { } bytes and >= 0 and < 1e18 ? (long)bytes : 0)
                : null;
        }
        catch (Exception e) when (IsSilence(e, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>Has it read its files again. Null where it did; else what it says against them.</summary>
    /// <exception cref="PrometheusCallException">It does not answer, or answers something else than a reload's result.</exception>
    public async Task<string?> ReloadAsync(Uri root, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ReloadDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var answer = await _http.PostAsync(new Uri(root, "-/reload"), null, either.Token);
            var said = (await answer.Content.ReadAsStringAsync(either.Token)).Trim();
            said = said.Length > MaxErrorLength ? said[..MaxErrorLength] + "…" : said;
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => null,
                HttpStatusCode.InternalServerError => said,
                _ => throw new PrometheusCallException($"{root}-/reload answered {(int)answer.StatusCode}: {said}"),
            };
        }
        catch (Exception e) when (IsSilence(e, cancellationToken))
        {
            throw new PrometheusCallException($"{root}-/reload: {e.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> IsReadyAsync(Uri root, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri(root, "-/ready"), cancellationToken);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private async Task<JsonElement> GetAsync(Uri root, string path, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri(root, path), cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        return document.RootElement.GetProperty("data").Clone();
    }

    private static double? Metric(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
        && double.TryParse(line.AsSpan(name.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    private static List<JsonElement> Groups(JsonElement data) => [.. data.GetProperty("groups").EnumerateArray()];

    private static string? Digest(JsonElement rule) =>
        rule.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Object
            ? Text(labels, PrometheusMarkers.RuleLabel)
            : null;

    private static string? Text(JsonElement data, string name) => data.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool IsSilence(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException or JsonException or KeyNotFoundException or InvalidOperationException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    [GeneratedRegex("/" + PrometheusMarkers.ConfigurationPrefix + "([0-9a-f]{16})(?:-of-([0-9]{1,4}))?/")]
    private static partial Regex ConfigurationMarker();
}

/// <summary>How files bear their digests.</summary>
public static class PrometheusMarkers
{
    /// <summary>Before the digest, in a folder's name of <c>rule_files</c>.</summary>
    public const string ConfigurationPrefix = "gitops-operator-configuration-";

    /// <summary>
    /// The folder by which a configuration names its own digest, and among how many shards it divides targets; 0 where it has none.
    /// </summary>
    public static string Configuration(string digest, int scrapingShards) =>
        string.Create(CultureInfo.InvariantCulture, $"{ConfigurationPrefix}{digest}-of-{scrapingShards}");

    /// <summary>
    /// A group whose one rule yields nothing and is labelled with the digest. The name stays as it is, so that a change of rules begins no
    /// new series of Prometheus' own.
    /// </summary>
    public const string RuleGroup = "gitops-operator-rules";

    public const string RuleLabel = "gitops_operator_digest";
}

/// <summary>A Prometheus could not be asked.</summary>
public sealed class PrometheusCallException(string message) : Exception(message);
