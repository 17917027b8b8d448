using System.Collections.Concurrent;
using System.Diagnostics;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Checking;

/// <summary>
/// Has Prometheus' own promtool read what Prometheus will be given: <c>FOLDER/VERSION/promtool</c>, of the same version where there is one,
/// else of the nearest of the same major version. The same content is read once.
/// </summary>
public sealed class PromtoolCheck : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private const int MaxRemembered = 20_000;
    private const int MaxAnswerLength = 1000;

    private readonly ConcurrentDictionary<(PrometheusVersion, string), string?> _known = [];
    private readonly SemaphoreSlim _few = new(2);
    private readonly string _folder;
    private readonly PrometheusVersion[] _versions;

    /// <param name="folder">May be missing: then nothing is checked beforehand, and the running Prometheus is the only judge.</param>
    public PromtoolCheck(string folder)
    {
        _folder = folder;
        _versions = Directory.Exists(folder)
            ?
            [
                .. Directory
                    .GetDirectories(folder)
                    .Where(path => File.Exists(Path.Combine(path, "promtool")))
                    .Select(path =>
                        PrometheusVersion.TryParse(Path.GetFileName(path), out var version) ? version : (PrometheusVersion?)null
                    )
                    .OfType<PrometheusVersion>()
                    .Order(),
            ]
            : [];
    }

    public void Dispose() => _few.Dispose();

    /// <summary>The promtool that reads for a version; null where there is none of its major version.</summary>
    public PrometheusVersion? Reader(PrometheusVersion version)
    {
        var ofMajor = _versions.Where(candidate => candidate.Major == version.Major).ToArray();
        return ofMajor.Length == 0 ? null : ofMajor.Where(candidate => candidate >= version).DefaultIfEmpty(ofMajor[^1]).First();
    }

    /// <returns>What is wrong with a rule file, on one line; null where nothing is, or nobody can say.</returns>
    public Task<string?> RulesAsync(PrometheusVersion version, string text, CancellationToken cancellationToken) =>
        CheckAsync(version, text, ["check", "rules", "--lint=none"], cancellationToken);

    /// <returns>What is wrong with a configuration, on one line; null where nothing is, or nobody can say.</returns>
    public Task<string?> ConfigurationAsync(PrometheusVersion version, string text, CancellationToken cancellationToken) =>
        CheckAsync(version, text, ["check", "config", "--syntax-only"], cancellationToken);

    private async Task<string?> CheckAsync(PrometheusVersion version, string text, string[] command, CancellationToken cancellationToken)
    {
        if (Reader(version) is not { } reader)
        {
            return null;
        }

        var key = (reader, Digests.Of([command[1], text]));
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        await _few.WaitAsync(cancellationToken);
        try
        {
            var found = await RunAsync(reader, text, command, cancellationToken);
            if (_known.Count >= MaxRemembered)
            {
                _known.Clear();
            }

            return _known[key] = found;
        }
        finally
        {
            _few.Release();
        }
    }

    private async Task<string?> RunAsync(PrometheusVersion reader, string text, string[] command, CancellationToken cancellationToken)
    {
        // Only its owner may read it: a configuration may hold passwords.
        var folder = Directory.CreateTempSubdirectory("promtool-").FullName;
        try
        {
            var file = Path.Combine(folder, "file.yaml");
            await File.WriteAllTextAsync(file, text, cancellationToken);
            var start = new ProcessStartInfo(Path.Combine(_folder, reader.ToString(), "promtool"), [.. command, file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start) ?? throw new InvalidOperationException("promtool did not start");
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Deadline);
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(limit.Token);
                var errors = process.StandardError.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 ? null : OneLine(await errors + await output, file);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                cancellationToken.ThrowIfCancellationRequested();
                throw new TimeoutException($"promtool {reader} did not answer within {Deadline.TotalSeconds} s");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string OneLine(string said, string file)
    {
        var words = said.Replace(file, "the file", StringComparison.Ordinal)
            .Replace("FAILED:", "", StringComparison.Ordinal)
            .Replace("Checking the file", "", StringComparison.Ordinal)
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var line = string.Join(' ', words);
        return line.Length > MaxAnswerLength ? line[..MaxAnswerLength] + "…" : line;
    }
}
