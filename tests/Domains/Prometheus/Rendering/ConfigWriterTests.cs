using GitOpsOperator.Domains.Prometheus.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

public sealed class ConfigWriterTests
{
    /// <summary>Each would be something else, or break the file, if it were written as it is.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("no")]
    [InlineData("NULL")]
    [InlineData("0x1F")]
    [InlineData("1_000")]
    [InlineData("12:30:45")]
    [InlineData("2026-01-01")]
    [InlineData(".5")]
    [InlineData(".inf")]
    [InlineData("1e3")]
    [InlineData("- a")]
    [InlineData("---")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("a:")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("*a")]
    [InlineData("{a}")]
    [InlineData("[a]")]
    [InlineData("%a")]
    [InlineData("@a")]
    [InlineData("a\nb: c")]
    [InlineData("a\t\"\\")]
    [InlineData("ü\u2028\u0085")]
    public void Text_that_could_be_read_as_something_else_is_quoted_and_read_back_as_it_was(string text)
    {
        var written = ConfigWriter.Write(
            new()
            {
                { text, text },
                {
                    "list",
                    new ConfigSequence
                    {
                        text,
                        new ConfigSequence { text },
                    }
                },
            }
        );
        var root = (YamlMappingNode)YamlComparison.Root(written);
        var (key, value) = root.Children.First();
        Assert.Equal((text, text), (((YamlScalarNode)key).Value, ((YamlScalarNode)value).Value));
        Assert.Equal(ScalarStyle.DoubleQuoted, ((YamlScalarNode)value).Style);
        Assert.Equal(text, ((YamlScalarNode)root.Children[new YamlScalarNode("list")][1][0]).Value);
    }

    [Theory]
    [InlineData("$(SHARD);|.+;.+")]
    [InlineData("(Failed|Succeeded)")]
    [InlineData("/etc/prometheus/certs/0_default_tls_ca")]
    [InlineData("https://shop.example:8443/a?b=c")]
    [InlineData("30s")]
    public void Plain_text_is_written_plainly(string text) => Assert.Equal($"key: {text}\n", ConfigWriter.Write(new() { { "key", text } }));

    [Fact]
    public void Numbers_and_booleans_are_no_text() =>
        Assert.Equal(
            "a: 5\nb: true\nc: 0.5\nd: \"5\"\ne: {}\nf: []\n",
            ConfigWriter.Write(
                new()
                {
                    { "a", 5 },
                    { "b", true },
                    { "c", 0.5 },
                    { "d", "5" },
                    { "e", new ConfigMapping() },
                    { "f", new ConfigSequence() },
                }
            )
        );
}
