using System.Collections.Concurrent;

namespace GitOpsOperator.Demo;

/// <summary>A developer's clone of the repository with desired state, and a view of what the operator writes back.</summary>
internal sealed class DesiredStateClone(string folder, string repository, string statusBranch)
{
    /// <summary>What was fetched last, with what its files say.</summary>
    private (string? Tip, ConcurrentDictionary<string, string?> Files) _fetched = (null, []);

    private static readonly string[] Author = ["-c", "user.name=Dana Developer", "-c", "user.email=dana@example.com"];

    public string Folder => folder;

    /// <param name="remote">Where it is pushed to.</param>
    /// <param name="repository">The folder that is served there.</param>
    public static async Task<DesiredStateClone> CreateAsync(
        string folder,
        Uri remote,
        string repository,
        string example,
        string statusBranch,
        CancellationToken cancellationToken
    )
    {
        var clone = new DesiredStateClone(folder, repository, statusBranch);
        await ProgramRun.OutputAsync(["git", "init", "-q", "-b", "main", folder], null, cancellationToken);
        await ProgramRun.OutputAsync(["cp", "-r", $"{example}/.", folder], null, cancellationToken);
        await clone.GitAsync(["remote", "add", "origin", remote.ToString()], cancellationToken);
        return clone;
    }

    public async Task<string> DiffAsync(CancellationToken cancellationToken)
    {
        await GitAsync(["add", "-A"], cancellationToken);
        return await GitAsync(["diff", "--cached", "--unified=1"], cancellationToken);
    }

    /// <summary>Commits everything on the current branch and pushes it; gives the commit's id.</summary>
    public async Task<string> PushAsync(string subject, CancellationToken cancellationToken)
    {
        await GitAsync(["add", "-A"], cancellationToken);
        await GitAsync([.. Author, "commit", "-q", "-m", subject], cancellationToken);
        return await PushHeadAsync(cancellationToken);
    }

    public Task BranchAsync(string name, CancellationToken cancellationToken) => GitAsync(["switch", "-q", "-c", name], cancellationToken);

    /// <summary>What is checked out, under another name at the remote, as <c>refs/pull/7/head</c>.</summary>
    public Task PushAsAsync(string remoteRef, CancellationToken cancellationToken) =>
        GitAsync(["push", "-q", "--force", "origin", $"HEAD:{remoteRef}"], cancellationToken);

    public Task SwitchAsync(string branch, CancellationToken cancellationToken) => GitAsync(["switch", "-q", branch], cancellationToken);

    /// <summary>As a forge's button does: a merge commit on main, pushed; gives its id.</summary>
    public async Task<string> MergeAsync(string branch, CancellationToken cancellationToken)
    {
        await SwitchAsync("main", cancellationToken);
        await GitAsync([.. Author, "merge", "-q", "--no-ff", "-m", $"Merge branch '{branch}'", branch], cancellationToken);
        return await PushHeadAsync(cancellationToken);
    }

    public async Task ReplaceAsync(string file, string before, string after, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, file);
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        if (!text.Contains(before, StringComparison.Ordinal))
        {
            throw new DemoFailedException($"{file} does not contain '{before}'");
        }

        await File.WriteAllTextAsync(path, text.Replace(before, after, StringComparison.Ordinal), cancellationToken);
    }

    /// <summary>A file of the status branch as it stands at the remote; null while there is none.</summary>
    public async Task<string?> StatusAsync(string file, CancellationToken cancellationToken)
    {
        // The repository lies on this machine, so whether its branch has moved is seen without asking: those who wait look several times a
        // second.
        var (tip, fetched) = (await TipAsync(cancellationToken), _fetched);
        if (tip is null || tip != fetched.Tip)
        {
            var result = await ProgramRun.RunAsync(
                ["git", "-C", folder, "fetch", "-q", "origin", $"+refs/heads/{statusBranch}:refs/remotes/origin/{statusBranch}"],
                null,
                cancellationToken
            );
            if (result.ExitCode != 0)
            {
                return null;
            }

            _fetched = fetched = (tip, []);
        }

        if (!fetched.Files.TryGetValue(file, out var content))
        {
            var shown = await ProgramRun.RunAsync(
                ["git", "-C", folder, "show", $"refs/remotes/origin/{statusBranch}:{file}"],
                null,
                cancellationToken
            );
            fetched.Files[file] = content = shown.ExitCode == 0 ? shown.Output : null;
        }

        return content;
    }

    /// <summary>Null where git keeps it elsewhere than in a file of its own, or it is not there.</summary>
    private async Task<string?> TipAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(repository, "refs", "heads", statusBranch);
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public Task<string> StatusLogAsync(CancellationToken cancellationToken) =>
        GitAsync(["log", "--reverse", "--format=%h %s", $"refs/remotes/origin/{statusBranch}"], cancellationToken);

    private async Task<string> PushHeadAsync(CancellationToken cancellationToken)
    {
        await GitAsync(["push", "-q", "origin", "HEAD"], cancellationToken);
        return (await GitAsync(["rev-parse", "HEAD"], cancellationToken)).Trim();
    }

    private Task<string> GitAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ProgramRun.OutputAsync(["git", "-C", folder, .. arguments], null, cancellationToken);
}
