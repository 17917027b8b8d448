using System.Security.Cryptography;
using GitOpsOperator.TestKit.GitHub;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Forge.Tests;

/// <summary>Speaking as an installation of a GitHub App.</summary>
[Trait("starts", "processes")]
public sealed class GitHubAppTests
{
    [GitHubFact]
    public async Task One_token_serves_until_it_nears_its_end_and_then_another_is_made()
    {
        using var key = RSA.Create(2048);
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var repository = await AsAppAsync(key, key, time);

        await repository.PassAsync();
        var first = repository.Forge.InstallationToken;
        await repository.PassAsync();
        Assert.Equal(first, repository.Forge.InstallationToken);

        time.Advance(TimeSpan.FromMinutes(56));
        repository.Forge.TokenEnds = time.GetUtcNow().AddHours(1);
        await repository.PassAsync();

        Assert.NotEqual(first, repository.Forge.InstallationToken);
        Assert.Single(repository.Forge.CommentsBy("gitops[bot]", 7));
    }

    [GitHubFact]
    public async Task After_a_restart_the_App_knows_its_own_comment()
    {
        using var key = RSA.Create(2048);
        await using var repository = await AsAppAsync(key, key, new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56)));

        await repository.PassAsync();
        repository.Forget();
        await repository.PassAsync();

        Assert.Single(repository.Forge.Comments);
    }

    [GitHubFact]
    public async Task A_token_that_was_taken_back_is_replaced()
    {
        using var key = RSA.Create(2048);
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var repository = await AsAppAsync(key, key, time);
        await repository.PassAsync();
        repository.Forge.InstallationToken = null;

        await repository.PassAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        await repository.PassAsync();

        Assert.NotNull(repository.Forge.InstallationToken);
    }

    [GitHubFact]
    public async Task A_key_that_is_not_the_Apps_says_nothing()
    {
        using var key = RSA.Create(2048);
        using var other = RSA.Create(2048);
        await using var repository = await AsAppAsync(key, other, new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56)));

        await repository.PassAsync();

        Assert.Empty(repository.Forge.Comments);
        Assert.Contains("does not accept", repository.Log, StringComparison.Ordinal);
    }

    private static async Task<ReviewedRepository> AsAppAsync(RSA known, RSA used, FakeTimeProvider time)
    {
        var repository = await ReviewedRepository.StartAsync(time);
        var file = repository.Git.Folder("app.pem");
        await File.WriteAllTextAsync(file, used.ExportRSAPrivateKeyPem(), TestContext.Current.CancellationToken);
        (repository.Forge.AppKey, repository.Forge.TokenEnds) = (known, time.GetUtcNow().AddHours(1));
        repository.App = new("4711", 1, file);
        repository.Forget();
        repository.Propose(7, files: (ReviewedRepository.File, ReviewedRepository.Document(5)));
        return repository;
    }
}
