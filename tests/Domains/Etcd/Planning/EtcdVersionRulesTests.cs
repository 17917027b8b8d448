using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>3.6 and 3.7 are tested here only: the table, not the releases.</summary>
public sealed class EtcdVersionRulesTests
{
    [Theory]
    [InlineData("3.5.16", "3.5.30", null)]
    [InlineData("3.5.30", "3.5.16", null)]
    [InlineData("3.4.23", "3.5.16", null)]
    [InlineData("3.4.23 3.5.16", "3.5.16", null)]
    [InlineData("3.4.23 3.5.16", "3.5.30", null)]
    [InlineData("3.4.23 3.5.16", "3.4.23", null)]
    [InlineData("3.5.16", "3.4.23", "version-downgrade")]
    [InlineData("3.4.23", "3.6.12", "version-jump")]
    [InlineData("3.4.23 3.5.40", "3.6.12", "version-jump")]
    [InlineData("3.5.16", "3.6.12", "version-floor")]
    [InlineData("3.5.31 3.5.32", "3.6.12", "version-floor")]
    [InlineData("3.5.32", "3.6.12", null)]
    [InlineData("3.5.31 3.6.12", "3.6.12", "version-floor")]
    [InlineData("3.6.10", "3.7.0", "version-floor")]
    [InlineData("3.6.11", "3.7.0", null)]
    [InlineData("3.4.23", "3.5.2", "version-withdrawn")]
    [InlineData("3.5.16", "3.5.0", "version-withdrawn")]
    [InlineData("3.7.0", "3.8.0", "version-unknown")]
    [InlineData("3.5.16", "4.0.0", "version-unknown")]
    [InlineData("2.3.8", "3.5.16", "version-unknown")]
    public void A_way_is_open_or_refused_by_name(string running, string desired, string? rule) =>
        Assert.Equal(rule, EtcdVersionRules.Check([.. running.Split(' ').Select(Version)], Version(desired))?.Rule);

    [Theory]
    [InlineData("3.4.23", "3.6.12", "3.4.23, 3.5.32 or later, 3.6.12")]
    [InlineData("3.4.23", "3.7.1", "3.4.23, 3.5.32 or later, 3.6.11 or later, 3.7.1")]
    [InlineData("3.5.16", "3.6.12", "3.5.16, 3.5.32 or later, 3.6.12")]
    [InlineData("3.5.40", "3.6.12", "3.5.40, 3.6.12")]
    public void The_hops_that_would_work_are_named_and_each_is_open(string from, string to, string hops)
    {
        var named = EtcdVersionRules.Hops(Version(from), Version(to));

        Assert.Equal(hops, string.Join(", ", named));
        var versions = named.Select(hop => Version(hop.Split(' ')[0])).ToArray();
        Assert.All(versions.Zip(versions.Skip(1)), hop => Assert.Null(EtcdVersionRules.Check([hop.First], hop.Second)));
    }

    [Fact]
    public void No_flag_that_is_rendered_was_removed_in_the_release_that_it_is_rendered_for()
    {
        foreach (var release in EtcdReleases.Known)
        {
            var version = new EtcdVersion(release.Major, release.Minor, 99);
            var desired = Scene.Desired(1, version: version.ToString());
            var flags = EtcdRendering
                .StatefulSet(desired, 0, voter: true)
                .Spec.Template.Spec.Containers[0]
                .Args.Select(argument => argument.Split('=')[0]);

            Assert.All(flags, flag => Assert.Null(EtcdReleases.RemovalOf(flag, version)));
        }
    }

    [Theory]
    [InlineData("--enable-v2", "3.5.30", null)]
    [InlineData("--enable-v2", "3.6.12", "3.6")]
    [InlineData("--enable-v2", "3.7.0", "3.6")]
    [InlineData("--proxy-failure-wait", "3.6.12", "3.6")]
    [InlineData("--experimental-initial-corrupt-check", "3.6.12", null)]
    [InlineData("--experimental-initial-corrupt-check", "3.7.0", "3.7")]
    public void A_removed_flag_is_known(string flag, string version, string? since) =>
        Assert.Equal(since, EtcdReleases.RemovalOf(flag, Version(version)) is { } release ? $"{release.Major}.{release.Minor}" : null);

    private static EtcdVersion Version(string text) =>
        EtcdVersion.TryParse(text, out var version) ? version : throw new ArgumentException(text, nameof(text));
}
