using GitOpsOperator.Domains.Prometheus.Configuration;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

/// <summary>The configurations that prometheus-operator renders for the documents of its own tests, against ours.</summary>
public sealed class UpstreamRenderingTests(ITestOutputHelper output)
{
    /// <summary>What has been reached: fewer is a step back.</summary>
    private const double FewestOfHundred = 100;

    [Fact]
    public void Configurations_are_those_that_prometheus_operator_renders()
    {
        var files = Cases("*.input.json");
        var differences = files
            .Select(file => (Case: Path.GetFileName(file), Difference: Difference(file)))
            .Where(found => found.Difference is not null)
            .ToArray();
        foreach (var (name, difference) in differences)
        {
            output.WriteLine($"{name}: {difference}");
        }

        var equal = files.Length - differences.Length;
        output.WriteLine($"golden: {equal} of {files.Length}");
        Assert.True(
            equal * 100 >= FewestOfHundred * files.Length,
            $"golden: {equal} of {files.Length}, at least {FewestOfHundred} of 100 were equal before"
        );
    }

    [Fact]
    public void What_prometheus_operator_refuses_is_refused()
    {
        foreach (var file in Cases("errors/*.json"))
        {
            var result = PrometheusConfiguration.Render(UpstreamCase.Read(file));
            Assert.True(result.Configuration is null, $"{file} was rendered");
            Assert.Contains(result.Notes, note => note.Refuses);
            output.WriteLine($"{Path.GetFileName(file)}: {result.Notes.First(note => note.Refuses)}");
        }
    }

    [Fact]
    public void Rendering_twice_gives_the_same_bytes() =>
        Assert.All(
            Cases("*.input.json"),
            file =>
                Assert.Equal(
                    PrometheusConfiguration.Render(UpstreamCase.Read(file)).Text,
                    PrometheusConfiguration.Render(UpstreamCase.Read(file)).Text
                )
        );

    private static string[] Cases(string pattern)
    {
        Assert.SkipWhen(
            UpstreamCase.Folder is null,
            "no folder of golden cases: GOLDEN_DIR names none, and there is no shared/golden beside or above the checkout"
        );
        var files = Directory.GetFiles(UpstreamCase.Folder!, pattern);
        Assert.NotEmpty(files);
        return [.. files.Order(StringComparer.Ordinal)];
    }

    private static string? Difference(string file)
    {
        var result = PrometheusConfiguration.Render(UpstreamCase.Read(file));
        return result.Text is { } text
            ? YamlComparison.FirstDifference(File.ReadAllText(file.Replace(".input.json", ".expected.yml", StringComparison.Ordinal)), text)
            : $"refused: {string.Join("; ", result.Notes.Where(note => note.Refuses).Select(note => note.Message))}";
    }
}
