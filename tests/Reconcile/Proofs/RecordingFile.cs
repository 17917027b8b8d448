using System.Text.Json;
using GitOpsOperator.Reconcile.Recording;
using GitOpsOperator.Specs;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Reconcile.Tests.Proofs;

/// <summary>Recordings of operators, as files.</summary>
internal static class RecordingFile
{
    /// <summary>The passes over clusters of a domain.</summary>
    public static async Task<IReadOnlyList<RecordedPass<TFacts>>> ReadAsync<TFacts>(
        string path,
        string domain,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await File.ReadAllLinesAsync(path, cancellationToken))
                .Where(line => line.Contains($"\"Cluster\":\"{domain}/", StringComparison.Ordinal))
                .Select(line =>
                    JsonSerializer.Deserialize<RecordedPass<TFacts>>(line, PassRecorder.Options)
                    ?? throw new InvalidDataException($"{path} has a line without a pass")
                ),
        ];

    /// <summary>Has passes kept as an operator keeps them, and gives what is read of the file.</summary>
    public static async Task<TRun> KeptAsync<TFacts, TRun>(
        ClusterKey cluster,
        IEnumerable<RecordedPass<TFacts>> passes,
        Func<string, Task<TRun>> read
    )
    {
        var folder = Directory.CreateTempSubdirectory("recording-");
        try
        {
            var file = Path.Combine(folder.FullName, "recording.jsonl");
            using (var recorder = new PassRecorder(file, TimeProvider.System, NullLogger<PassRecorder>.Instance))
            {
                foreach (var pass in passes)
                {
                    recorder.Record(cluster, pass.Decision, pass.Facts);
                }
            }

            return await read(file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
