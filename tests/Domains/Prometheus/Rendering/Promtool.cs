using System.Diagnostics;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Reconcile.Tests;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

/// <summary>Real promtools, as <c>scripts/binaries.sh prometheus</c> fetches them:
/// <c>.cache/binaries/prometheus/VERSION/promtool</c>.</summary>
internal static class Promtool
{
    public static IReadOnlyList<PrometheusVersion> Versions { get; } =
        Directory.Exists(Folder)
            ?
            [
                .. Directory
                    .GetDirectories(Folder)
                    .Where(folder => File.Exists(Path.Combine(folder, "promtool")))
                    .Select(folder => PrometheusVersion.Parse(Path.GetFileName(folder)))
                    .Order(),
            ]
            : [];

    private static string Folder => Path.GetFullPath(Path.Combine(GoldenFolder.At("."), "..", "..", ".cache", "binaries", "prometheus"));

    /// <summary>Those of the same major version: first the oldest that knows all keys of the version, then newer ones, the oldest
    /// last.</summary>
    public static IEnumerable<PrometheusVersion> Matching(PrometheusVersion version)
    {
        var ofMajor = Versions.Where(candidate => candidate.Major == version.Major).ToArray();
        return ofMajor.Where(candidate => candidate >= version).Concat(ofMajor.Where(candidate => candidate < version).Reverse());
    }

    /// <summary>Null where it is accepted, else promtool's words on one line.</summary>
    public static async Task<string?> CheckAsync(PrometheusVersion version, string file, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder, version.ToString(), "promtool"), ["check", "config", "--syntax-only", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var said = await output + await errors;
        return process.ExitCode == 0
            ? null
            : string.Join(
                ' ',
                said.Replace(file, "FILE", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            );
    }
}
