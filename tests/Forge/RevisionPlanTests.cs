using System.Diagnostics;
using GitOpsOperator.TestKit.GitHub;

namespace GitOpsOperator.Forge.Tests;

/// <summary>The real program, as a CI job runs it.</summary>
[Trait("starts", "processes")]
public sealed class RevisionPlanTests
{
    [GitHubFact]
    public async Task The_command_prints_what_the_comment_of_an_untrusted_head_says_and_needs_no_cluster()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, fork: true, files: (ReviewedRepository.File, ReviewedRepository.Document(5)));
        await repository.PassAsync();

        var (code, output) = await PlanAsync(repository, "refs/pull/7/head");

        Assert.Equal(
            repository
                .Comment(7)
                .Replace(
                    "the branch is in another repository, whose author may not write to this one",
                    "only the documents were asked for",
                    StringComparison.Ordinal
                ),
            output
        );
        Assert.Equal(1, code);
    }

    [GitHubFact]
    public async Task A_revision_with_errors_is_blocked()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: (ReviewedRepository.File, ReviewedRepository.Document(0)));

        var (code, output) = await PlanAsync(repository, "pull-7-1");

        Assert.Equal(4, code);
        Assert.Contains("clusters/orders.yaml:6:9", output, StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task A_revision_that_is_not_there_is_said_in_a_sentence()
    {
        await using var repository = await ReviewedRepository.StartAsync();

        var (code, output) = await PlanAsync(repository, "refs/heads/nowhere");

        Assert.Equal((2, ""), (code, output));
    }

    private static async Task<(int Code, string Output)> PlanAsync(ReviewedRepository repository, string revision)
    {
        var configuration = repository.Git.Folder("config.yaml");
        await File.WriteAllTextAsync(
            configuration,
            $"repositories: [{{name: clusters, url: '{repository.Git.FileUrl}'}}]\n",
            TestContext.Current.CancellationToken
        );
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "gitops-operator.dll"),
                "plan",
                "--config",
                configuration,
                "--revision",
                revision,
                "--documents-only",
                "--output",
                "markdown",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var program = Process.Start(start)!;
        var errors = program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(await errors);
        return (program.ExitCode, output);
    }
}
