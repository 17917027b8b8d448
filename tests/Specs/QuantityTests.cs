using System.Numerics;
using System.Text.Json;

namespace GitOpsOperator.Specs.Tests;

/// <summary>As https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ and the page on resource units have
/// it.</summary>
public sealed class QuantityTests
{
    [Theory]
    [InlineData("1000m", "1")]
    [InlineData("0.5", "500m")]
    [InlineData("0.1", "100m")]
    [InlineData(".5", "500m")]
    [InlineData("1.", "1")]
    [InlineData("+1", "1")]
    [InlineData("1Gi", "1024Mi")]
    [InlineData("1Ki", "1024")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("1e3", "1k")]
    [InlineData("1E3", "1000")]
    [InlineData("12e6", "12M")]
    [InlineData("1e-3", "1m")]
    [InlineData("1E", "1e18")]
    [InlineData("1Ei", "1152921504606846976")]
    [InlineData("1Pi", "1024Ti")]
    [InlineData("1P", "1000T")]
    [InlineData("1000000n", "1m")]
    [InlineData("1000u", "1m")]
    [InlineData("128974848", "129e6", false)]
    [InlineData("123Mi", "128974848")]
    [InlineData("128974848000m", "123Mi")]
    [InlineData("1M", "1Mi", false)]
    [InlineData("0", "0Gi")]
    [InlineData("-1", "-1000m")]
    public void Quantities_compare_by_value(string left, string right, bool equal = true)
    {
        Assert.Equal(equal, Parse(left) == Parse(right));
        if (equal)
        {
            Assert.Equal(Parse(left).GetHashCode(), Parse(right).GetHashCode());
            Assert.Equal(0, Parse(left).CompareTo(Parse(right)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1 ")]
    [InlineData("1\n")]
    [InlineData("Gi")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("1K")]
    [InlineData("1ki")]
    [InlineData("1gi")]
    [InlineData("1GB")]
    [InlineData("1mi")]
    [InlineData("1e")]
    [InlineData("1e3Gi")]
    [InlineData("1e999")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    [InlineData("\u0661")]
    [InlineData("111111111111111111111111111111111")]
    [InlineData(null)]
    public void What_Kubernetes_would_not_take_is_no_quantity(string? text) => Assert.False(Quantity.TryParse(text, out _));

    [Theory]
    [InlineData("1m", "1")]
    [InlineData("1500m", "2")]
    [InlineData("2", "2")]
    [InlineData("1Gi", "1073741824")]
    [InlineData("0", "0")]
    [InlineData("-1500m", "-2")]
    public void Fractions_round_away_from_zero(string text, string units) => Assert.Equal(BigInteger.Parse(units), Parse(text).Units);

    [Fact]
    public void Order_is_by_value_and_text_stays_as_written()
    {
        string[] ascending = ["-1", "0", "1n", "999m", "1", "1000", "1Ki", "1M", "1Mi", "1G", "1Gi", "1e10"];
        Assert.Equal(ascending, ascending.Reverse().Select(Parse).Order().Select(quantity => quantity.ToString()));
        Assert.True(
            Parse("1Gi") > Parse("1G") && Parse("1G") < Parse("1Gi") && Parse("1") >= Parse("1000m") && Parse("1") <= Parse("1000m")
        );
    }

    [Fact]
    public void Json_keeps_the_text_and_refuses_what_is_none()
    {
        Assert.Equal("\"1024Mi\"", JsonSerializer.Serialize(Parse("1024Mi")));
        Assert.Equal(Parse("1Gi"), JsonSerializer.Deserialize<Quantity>("\"1024Mi\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Quantity>("\"much\""));
    }

    private static Quantity Parse(string text) => Quantity.TryParse(text, out var quantity) ? quantity : throw new FormatException(text);
}
