using Octokit;

namespace GitOpsOperator.Sync.Forges.GitHub;

/// <summary>A repository on GitHub, or on a GitHub Enterprise server, by Octokit.</summary>
internal sealed class GitHubForge : IForge
{
    private const int PageSize = 100;
    private const int MostPages = 10;
    private const int RecentlyClosed = 30;

    /// <summary>Pages of comments that are looked at: a page from the start, and the rest from the end, where a recreated one stands.</summary>
    private const int MostCommentPages = 20;

    private readonly GitHubConnection _connection;
    private readonly GitHubClient _client;
    private readonly string _owner;
    private readonly string _name;
    private readonly string _configuredLogin;
    private string? _login;

    /// <param name="network">For tests: what requests are sent through in the end.</param>
    public GitHubForge(ForgeOptions options, TimeProvider time, HttpMessageHandler? network = null)
    {
        if (options.Repository.Split('/') is not [{ Length: > 0 } owner, { Length: > 0 } name])
        {
            throw new ArgumentException($"'{Redaction.Printable(options.Repository)}' is no repository of a forge; write OWNER/NAME.", nameof(options));
        }

        (_owner, _name) = (owner, name);
        _configuredLogin = options.Login;
        _connection = new(options, time, network);
        _client = new(_connection.Octokit);
    }

    /// <summary>What GitHub's database holds; its documentation gives 65,536.</summary>
    public int LongestComment => 65_536;

    public string HeadRef(int number) => $"refs/pull/{number}/head";

    public async Task<IReadOnlyList<PullRequest>> OpenAsync(CancellationToken ct)
    {
        var request = new PullRequestRequest { State = ItemStateFilter.Open, SortProperty = PullRequestSort.Created, SortDirection = SortDirection.Ascending };
        var found = new List<PullRequest>();
        for (var page = 1; page <= MostPages; page++)
        {
            var options = new ApiOptions { StartPage = page, PageSize = PageSize, PageCount = 1 };
            var answer = await PullsAsync(request, options, ct).ConfigureAwait(false);
            found.AddRange(answer);
            if (answer.Count < PageSize)
            {
                break;
            }
        }

        return [.. found.DistinctBy(pull => pull.Number)];
    }

    public Task<IReadOnlyList<PullRequest>> RecentlyClosedAsync(CancellationToken ct) => PullsAsync(
        new() { State = ItemStateFilter.Closed, SortProperty = PullRequestSort.Updated, SortDirection = SortDirection.Descending },
        new() { StartPage = 1, PageSize = RecentlyClosed, PageCount = 1 },
        ct);

    public async Task<PullRequest?> FindAsync(int number, CancellationToken ct)
    {
        try
        {
            return await _connection.CallAsync(() => _client.PullRequest.Get(_owner, _name, number), GitHubAnswers.PullRequest, ct).ConfigureAwait(false);
        }
        catch (ForgeException e) when (e.Kind == ForgeFaultKind.NotFound)
        {
            return null;
        }
    }

    public async Task<ForgeComment?> FindCommentAsync(int number, string start, CancellationToken ct)
    {
        var login = await LoginAsync(ct).ConfigureAwait(false);
        var (comments, last) = await CommentsAsync(number, 1, ct).ConfigureAwait(false);
        if (Ours(comments) is { } early)
        {
            return early;
        }

        for (var page = last; page > Math.Max(1, last - MostCommentPages + 1); page--)
        {
            (comments, _) = await CommentsAsync(number, page, ct).ConfigureAwait(false);
            if (Ours(comments) is { } late)
            {
                return late;
            }
        }

        return null;

        ForgeComment? Ours(IEnumerable<(string Author, ForgeComment Comment)> page) => page
            .Where(entry => string.Equals(entry.Author, login, StringComparison.OrdinalIgnoreCase) && entry.Comment.Body.StartsWith(start, StringComparison.Ordinal))
            .Select(entry => entry.Comment)
            .FirstOrDefault();
    }

    public async Task<ForgeComment> CommentAsync(int number, string body, CancellationToken ct) =>
        await _connection.CallAsync(() => _client.Issue.Comment.Create(_owner, _name, number, body), GitHubAnswers.Comment, ct).ConfigureAwait(false);

    public async Task<ForgeComment?> EditCommentAsync(long comment, string body, CancellationToken ct)
    {
        try
        {
            return await _connection.CallAsync(() => _client.Issue.Comment.Update(_owner, _name, comment, body), GitHubAnswers.Comment, ct).ConfigureAwait(false);
        }
        catch (ForgeException e) when (e.Kind == ForgeFaultKind.NotFound)
        {
            return null;
        }
    }

    public async Task SetStatusAsync(string commit, CommitStatus status, CancellationToken ct) => await _connection.CallAsync(
        () => _client.Repository.Status.Create(_owner, _name, commit, GitHubAnswers.Status(status)), _ => true, ct).ConfigureAwait(false);

    private Task<IReadOnlyList<PullRequest>> PullsAsync(PullRequestRequest request, ApiOptions options, CancellationToken ct) => _connection.CallAsync(
        () => _client.PullRequest.GetAllForRepository(_owner, _name, request, options),
        IReadOnlyList<PullRequest> (answer) => [.. answer.Select(GitHubAnswers.PullRequest)],
        ct);

    private Task<(IReadOnlyList<(string Author, ForgeComment Comment)> Comments, int LastPage)> CommentsAsync(int number, int page, CancellationToken ct)
    {
        var uri = new Uri($"repos/{Uri.EscapeDataString(_owner)}/{Uri.EscapeDataString(_name)}/issues/{number}/comments", UriKind.Relative);
        var parameters = new Dictionary<string, string> { ["per_page"] = $"{PageSize}", ["page"] = $"{page}" };
        return _connection.CallAsync(
            () => _connection.Octokit.Get<List<IssueComment>>(uri, parameters),
            answer => ((IReadOnlyList<(string, ForgeComment)>)[.. answer.Body.Select(comment => (comment.User?.Login ?? "", GitHubAnswers.Comment(comment)))],
                GitHubAnswers.LastPage(answer.HttpResponse.ApiInfo) ?? page),
            ct);
    }

    private async Task<string> LoginAsync(CancellationToken ct)
    {
        if (_configuredLogin.Length > 0)
        {
            return _configuredLogin;
        }

        return _login ??= await _connection.LoginAsync(ct).ConfigureAwait(false);
    }
}
