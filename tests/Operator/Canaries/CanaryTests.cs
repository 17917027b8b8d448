using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Outputs.StatusBranch;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Operator.Tests.Repositories;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.Sync.Git.Status;
using GitOpsOperator.TestKit.Git;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Operator.Tests.Canaries;

/// <summary>
/// A token that comes back in an error's words, as from a child that dies with it on its lips, is followed into everything that reports
/// the error. That it is not found proves something only where the same words arrive with the mark in the token's place.
/// </summary>
[Trait("starts", "processes")]
public sealed class CanaryTests : IDisposable
{
    private const string Canary = "CanaryThatMustNotBeSeenAnywhere0815";

    private const string Before = "refused the token";
    private const string After = "of this call";

    /// <summary>Finds the token in what it is asked to do, as nobody else told it, and repeats it.</summary>
    private const string Babble =
        $"read -r line; token=$(echo \"$line\" | grep -o 'Canary[A-Za-z0-9]*' | head -1); echo \"{Before} $token {After}\" >&2; exit 1";

    private readonly TestRepository _repository = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData("log"), InlineData("status file"), InlineData("status commit"), InlineData("exception"), InlineData("revision")]
    public async Task Words_around_a_token_arrive_in_it_and_the_token_does_not(string channel)
    {
        var reported = await ReportedAsync(channel);

        Assert.Contains($"{Before} {Redaction.Mark} {After}", reported, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, reported, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<string> ReportedAsync(string channel)
    {
        var source = _repository.Commit("One cluster", ("orders.yaml", "a: 1\n"));
        var token = _repository.Folder("token");
        await File.WriteAllTextAsync(token, Canary, Token);
        var options = new RepositoryOptions { Url = "http://127.0.0.1:1/repo.git", TokenFile = token };
        var babbling = new GitNetwork(TimeProvider.System, new("/bin/sh", ["-c", Babble]));
        using var mirror = GitMirror.Open(_repository.Folder($"mirror-{Guid.NewGuid()}"), options, babbling);
        await using var clusters = new ClusterSupervisor([new RecordingDomain()], new());
        var log = new KeptLog();
        var follower = new RepositoryFollower(
            "platform",
            mirror,
            new DocumentReader(Modules.AllKinds),
            clusters,
            new([("platform", mirror.Options.Url)]),
            DriftMode.Correct,
            new(),
            new([], TimeProvider.System),
            new(0),
            _ => Task.FromResult(KnownUids.None),
            TimeProvider.System,
            log
        );
        switch (channel)
        {
            case "log":
                await follower.PassAsync(Token);
                return string.Join('\n', log.Lines);
            case "status file":
                await follower.PassAsync(Token);
                return Files(follower);
            case "status commit":
                await follower.PassAsync(Token);
                return await CommittedAsync(follower, source);
            case "exception":
                return (await Assert.ThrowsAsync<IOException>(() => follower.LookAsync(Token))).ToString();
            default:
                // Words of the server, on the way of a revision that somebody asks for.
                return (await mirror.FetchProposalAsync("refs/heads/feature", "7", Token)).Error!.ToString();
        }
    }

    private static string Files(RepositoryFollower follower) => string.Concat(StatusTree.Files([], follower.Report).Values);

    private async Task<string> CommittedAsync(RepositoryFollower follower, string source)
    {
        using var branch = StatusBranch.Open(
            _repository.Folder($"status-{Guid.NewGuid()}"),
            new RepositoryOptions { Url = _repository.FileUrl },
            new GitNetwork(TimeProvider.System),
            "default"
        );
        Assert.IsNotType<StatusWriteResult.Failed>(
            await branch.WriteAsync(
                new()
                {
                    Files = StatusTree.Files([], follower.Report),
                    SourceCommit = source,
                    SourceTime = DateTimeOffset.UnixEpoch,
                    Subject = $"status: {follower.Report.Error}",
                },
                Token
            )
        );
        return _repository.Git(_repository.Bare, "log", "-1", "-p", "gitops-status/default");
    }

    private sealed class KeptLog : ILogger<RepositoryFollower>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add($"{formatter(state, exception)} {exception}");
    }
}
