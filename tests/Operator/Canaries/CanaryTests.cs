using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Operator.Status;
using GitOpsOperator.Operator.Tests.Repositories;
using GitOpsOperator.Reconcile;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync;
using GitOpsOperator.Sync.Mirror;
using GitOpsOperator.Sync.Network;
using GitOpsOperator.Sync.Status;
using GitOpsOperator.Sync.Tests;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Operator.Tests.Canaries;

/// <summary>
/// A token that comes back in a fault's words, as from a child that dies with it on its lips, is followed into everything that is told of
/// the fault. With redaction suspended it is found in each; only then does it count that it is not found otherwise.
/// </summary>
public sealed class CanaryTests : IDisposable
{
    private const string Canary = "CanaryThatMustNotBeSeenAnywhere0815";

    private readonly TestRepository _repository = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData("log"), InlineData("status file"), InlineData("status commit"), InlineData("exception"), InlineData("revision")]
    public async Task A_token_is_found_in_it_without_redaction_and_only_then(string channel)
    {
        Assert.DoesNotContain(Canary, await Task.Run(() => ToldAsync(channel), Token), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(
            Canary,
            await Task.Run(
                () =>
                {
                    Redaction.Suspend();
                    return ToldAsync(channel);
                },
                Token),
            StringComparison.Ordinal);
    }

    private async Task<string> ToldAsync(string channel)
    {
        var source = _repository.Commit("One cluster", ("orders.yaml", "a: 1\n"));
        var token = _repository.Folder("token");
        await File.WriteAllTextAsync(token, Canary, Token);
        var options = new RepositoryOptions { Url = "http://127.0.0.1:1/repo.git", TokenFile = token };
        var babbling = new GitNetwork(TimeProvider.System, new("/bin/sh", ["-c", "read -r line; echo \"$line\" | grep -o 'Canary[A-Za-z0-9]*' | head -1 >&2; exit 1"]));
        using var mirror = GitMirror.Open(_repository.Folder($"mirror-{Guid.NewGuid()}"), options, babbling);
        await using var fleet = new Fleet(new Dictionary<string, IClusterDomain> { ["etcd"] = new RecordingDomain() }, CancellationToken.None);
        var log = new KeptLog();
        var follower = new RepositoryFollower("platform", mirror, DocumentReader.WithAllKinds(), fleet, DriftMode.Correct, new(), new([], TimeProvider.System), new(0), TimeProvider.System, log);
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
                return (await mirror.FetchProposalAsync("refs/heads/feature", "7", Token)).Fault!.ToString();
        }
    }

    private static string Files(RepositoryFollower follower) => string.Concat(StatusFiles.Render([], follower.Report).Values);

    private async Task<string> CommittedAsync(RepositoryFollower follower, string source)
    {
        using var branch = StatusBranch.Open(
            _repository.Folder($"status-{Guid.NewGuid()}"), new RepositoryOptions { Url = _repository.FileUrl }, new GitNetwork(TimeProvider.System), "default");
        Assert.IsNotType<StatusWriteResult.Failed>(await branch.WriteAsync(
            new() { Files = StatusFiles.Render([], follower.Report), SourceCommit = source, SourceTime = DateTimeOffset.UnixEpoch, Subject = $"status: {follower.Report.Fault}" }, Token));
        return _repository.Git(_repository.Bare, "log", "-1", "-p", "gitops-status/default");
    }

    private sealed class KeptLog : ILogger<RepositoryFollower>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{formatter(state, exception)} {exception}");
    }
}
