using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Sync.Forges;

namespace GitOpsOperator.Forge.Tests;

/// <summary>What the configuration may say of pull requests.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("configuration-");

    private static IForgeKind GitHub => ForgeFactory.Kinds.Single(kind => kind.Name == "github");

    [Theory]
    [InlineData("https://github.com/acme/clusters.git", "https://api.github.com/", "acme/clusters")]
    [InlineData("https://github.com/acme/clusters", "https://api.github.com/", "acme/clusters")]
    [InlineData("https://github.example:8443/acme/clusters.git", "https://github.example:8443/api/v3/", "acme/clusters")]
    public void Api_and_repository_follow_from_the_url(string url, string api, string repository) =>
        Assert.Equal((new Uri(api), repository), GitHub.Implied(new(url)));

    [Theory]
    [InlineData("http://github.com/acme/clusters.git")]
    [InlineData("https://git.example/group/sub/clusters.git")]
    [InlineData("/srv/git/clusters.git")]
    public void Nothing_follows_from_a_url_that_does_not_say_it(string url) => Assert.Null(GitHub.Implied(new(url)));

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var fault = Assert.Throws<ConfigurationException>(() =>
            Read(
                """
                repositories:
                  - name: clusters
                    url: https://github.com/acme/clusters.git
                    ref: refs/tags/v1
                    pullRequests: {forge: sourceforge, api: 'http://forge.example/', repository: clusters, interval: 10ms}
                """
            )
        );

        Assert.Equal(6, fault.Errors.Count);
        Assert.All(
            (string[])
                [
                    "forge: 'sourceforge'",
                    "refs/tags/v1",
                    "api: 'http://forge.example/'",
                    "repository: 'clusters'",
                    "tokenFile: missing",
                    "interval",
                ],
            part => Assert.Contains(fault.Errors, line => line.Contains(part, StringComparison.Ordinal))
        );
    }

    [Fact]
    public void The_repositorys_token_serves_where_no_other_is_given()
    {
        var token = Path.Combine(_folder.FullName, "token");
        File.WriteAllText(token, "t");

        var configuration = Read(
            $$"""
            repositories:
              - name: clusters
                url: https://github.com/acme/clusters.git
                tokenFile: {{token}}
                pullRequests: {trustedAuthors: [alice]}
            """
        );

        var repository = Assert.Single(configuration.Repositories);
        Assert.Equal(token, PullRequestValidation.Options(repository, repository.PullRequests!)!.TokenFile);
        Assert.Equal("main", PullRequestValidation.BranchOf(repository));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private OperatorConfiguration Read(string text)
    {
        var path = Path.Combine(_folder.FullName, "config.yaml");
        File.WriteAllText(path, text);
        return ConfigurationReader.Read(path, _ => null, _ => { });
    }
}
