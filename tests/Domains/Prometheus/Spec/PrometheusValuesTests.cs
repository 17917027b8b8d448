using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Tests.Spec;

public sealed class PrometheusValuesTests
{
    [Fact]
    public void Versions_are_ordered_and_a_pre_release_comes_before_its_release()
    {
        string[] ascending = ["2.9.0", "v2.10.0", "2.55", "3.0.0-beta.1", "3.0.0-rc.0", "3.0.0-rc.1", "3.0.0-rc.10", "v3", "3.0.1"];
        var versions = ascending.Select(PrometheusVersion.Parse).ToArray();
        Assert.Equal(versions, versions.Reverse().Order());
        Assert.All(versions.Zip(versions.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("3.")]
    [InlineData("3.5.0.1")]
    [InlineData("3.5.0+build")]
    [InlineData("999999.0.0")]
    public void What_is_no_version_is_not_taken(string text) => Assert.False(PrometheusVersion.TryParse(text, out _));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("500ms", 500)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("15d", 1_296_000_000)]
    public void Durations_are_read_as_Prometheus_reads_them(string text, long milliseconds)
    {
        Assert.True(PrometheusDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("30m1h")]
    [InlineData("1.5h")]
    [InlineData("999999999y")]
    public void What_is_no_duration_is_not_taken(string text) => Assert.False(PrometheusDuration.TryParse(text, out _));

    [Theory]
    [InlineData("512B", 512)]
    [InlineData("1KB", 1024)]
    [InlineData("10GB", 10L << 30)]
    [InlineData("10GiB", 10L << 30)]
    [InlineData("1GiB512MiB", 1536L << 20)]
    [InlineData("1.5TB", 1536L << 30)]
    public void Sizes_are_read_as_Prometheus_reads_them(string text, long bytes)
    {
        Assert.True(PrometheusSize.TryParse(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("10")]
    [InlineData("10G")]
    [InlineData("-1GB")]
    [InlineData("8EB")]
    public void What_is_no_size_is_not_taken(string? text) => Assert.False(PrometheusSize.TryParse(text, out _));
}
