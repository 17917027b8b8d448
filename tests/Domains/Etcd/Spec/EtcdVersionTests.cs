using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Domains.Etcd.Tests.Spec;

public sealed class EtcdVersionTests
{
    [Theory]
    [InlineData("3.5.16", 3, 5, 16)]
    [InlineData("v3.4.23", 3, 4, 23)]
    [InlineData("0.0.0", 0, 0, 0)]
    public void A_release_is_three_numbers(string text, int major, int minor, int patch)
    {
        Assert.True(EtcdVersion.TryParse(text, out var version));
        Assert.Equal(new(major, minor, patch), version);
        Assert.Equal($"{major}.{minor}.{patch}", version.ToString());
    }

    [Theory]
    [InlineData("3.5")]
    [InlineData("3.5.16.1")]
    [InlineData("3.05.1")]
    [InlineData("3.5.16-rc.0")]
    [InlineData("V3.5.16")]
    [InlineData("3.5.16\n")]
    [InlineData("3.5.999999")]
    [InlineData("")]
    [InlineData(null)]
    public void Anything_else_is_not(string? text) => Assert.False(EtcdVersion.TryParse(text, out _));

    [Fact]
    public void Order_is_by_number_not_by_letter()
    {
        Assert.True(new EtcdVersion(3, 5, 9) < new EtcdVersion(3, 5, 16));
        Assert.True(new EtcdVersion(3, 10, 0) > new EtcdVersion(3, 9, 99));
    }
}
