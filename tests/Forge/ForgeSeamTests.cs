using System.Text.RegularExpressions;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Sync.Forges;
using GitOpsOperator.TestKit;

namespace GitOpsOperator.Forge.Tests;

/// <summary>A further forge is a folder and a line: nothing else in the program knows any of them.</summary>
public sealed partial class ForgeSeamTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("seam-");

    private string TokenFile => Path.Combine(_folder.FullName, "token");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Code_outside_its_folder_names_a_forge_in_one_line_alone()
    {
        var sources = Path.Combine(Checkout.Root, "src");
        var naming = Directory
            .EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Where(file =>
                !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/Sync/Forges/GitHub/", StringComparison.Ordinal)
            )
            .SelectMany(file =>
                Code(File.ReadAllText(file))
                    .Split('\n')
                    .Where(line => ForgeName().IsMatch(line))
                    .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}")
            )
            .Order(StringComparer.Ordinal);

        Assert.Collection(
            naming,
            line => Assert.Matches("^ForgeFactory.cs: .*new GitHubKind\\(\\)", line),
            line => Assert.Equal("ForgeFactory.cs: using GitOpsOperator.Sync.Forges.GitHub;", line)
        );
    }

    [Fact]
    public void A_kind_that_is_added_says_for_itself_what_a_configuration_may_say_of_it()
    {
        File.WriteAllText(TokenFile, "t");
        IForgeKind[] kinds = [.. ForgeFactory.Kinds, new NestingKind()];
        var repository = new RepositoryConfiguration
        {
            Name = "clusters",
            Url = "https://forge.example/group/sub/clusters.git",
            TokenFile = TokenFile,
        };
        var pulls = new PullRequestConfiguration { Forge = "nesting" };

        Assert.Empty(Errors());
        var options = PullRequestValidation.Options(repository, pulls, kinds[^1])!;
        Assert.Equal(
            ("nesting", new Uri("https://forge.example/api/v4/"), "group/sub/clusters", TokenFile),
            (options.Kind, options.Api, options.Repository, options.TokenFile)
        );

        pulls.Repository = "clusters";
        Assert.Equal("at.repository: 'clusters' is not of the form GROUP/…/NAME", Assert.Single(Errors()));
        (pulls.Repository, repository.Url) = ("", "/srv/git/clusters.git");
        Assert.Contains(
            "give api, such as https://forge.example/api/v4/, and repository, as GROUP/…/NAME",
            Assert.Single(Errors()),
            StringComparison.Ordinal
        );
        (pulls.Repository, pulls.Api, pulls.App) = ("group/clusters", "https://forge.example/api/v4/", new() { Id = "1" });
        Assert.StartsWith("at.app.id: a forge of kind nesting has no apps", Assert.Single(Errors()), StringComparison.Ordinal);

        IEnumerable<string> Errors() => PullRequestValidation.Errors(repository, pulls, "at", kinds);
    }

    [Fact]
    public void A_kind_that_is_not_there_cannot_be_opened()
    {
        var options = new ForgeOptions
        {
            Kind = "nowhere",
            Api = new("https://forge.example/"),
            Repository = "a/b",
        };
        Assert.Contains(
            "known: github",
            Assert.Throws<ArgumentException>(() => ForgeFactory.Open(options, TimeProvider.System)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Without comments and texts, in which a forge may well be spoken of.</summary>
    private static string Code(string source) => TextOrComment().Replace(source, "");

    [GeneratedRegex("""//[^\n]*|"(\\.|[^"\\\n])*"|\$?"{3}.*?"{3}""", RegexOptions.Singleline)]
    private static partial Regex TextOrComment();

    [GeneratedRegex("GitHub|Octokit|GitLab|Gitea|Forgejo", RegexOptions.IgnoreCase)]
    private static partial Regex ForgeName();

    /// <summary>As of a forge that has groups in groups, and no apps.</summary>
    private sealed class NestingKind : IForgeKind
    {
        public string Name => "nesting";

        public string ApiExample => "https://forge.example/api/v4/";

        public string RepositoryForm => "GROUP/…/NAME";

        public (Uri Api, string Repository)? Implied(Uri repositoryUrl) =>
            repositoryUrl.Scheme != Uri.UriSchemeHttps
                ? null
                : (
                    new($"https://{repositoryUrl.Authority}/api/v4/"),
                    repositoryUrl.AbsolutePath.Trim('/').Replace(".git", "", StringComparison.Ordinal)
                );

        public bool IsRepository(string repository) => repository.Split('/').Length > 1;

        public IForge Open(ForgeOptions options, TimeProvider time) => throw new NotSupportedException("Nothing is opened in this test");
    }
}
