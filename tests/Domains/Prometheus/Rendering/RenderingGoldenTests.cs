using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Reconcile.Tests;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

/// <summary>Whole files as each shard's Prometheus reads them, and what is said of them. UPDATE_GOLDEN=1 rewrites them.</summary>
public sealed class RenderingGoldenTests
{
    public static TheoryData<string> Cases => [.. OwnCase.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_shard_reads_the_expected_file(string name)
    {
        var input = OwnCase.Read(name);
        var result = PrometheusConfiguration.Render(input);
        for (var shard = 0; shard < Math.Max(1, input.Spec["shards"].WholeNumber ?? 1); shard++)
        {
            Matches(Path.Combine(name, $"shard-{shard}.yml"), ShardConfiguration.TextOf(result.Configuration!, shard));
        }

        Matches(Path.Combine(name, "notes.txt"), string.Concat(result.Notes.Select(note => $"{note.Job}: {note.Message}\n")));
    }

    private static void Matches(string file, string actual)
    {
        var path = Path.Combine(OwnCase.Folder, file);
        if (GoldenFolder.Updating)
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", actual);
    }
}
