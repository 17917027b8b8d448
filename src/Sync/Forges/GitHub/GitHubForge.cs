using Octokit;

namespace GitOpsOperator.Sync.Forges.GitHub;

/// <summary>A repository on GitHub, or on a GitHub Enterprise server, by Octokit.</summary>
internal sealed class GitHubForge : IForge
{
    private const int PageSize = 100;
    private const int MaxPages = 10;
    private const int RecentlyClosed = 30;

    /// <summary>Pages of comments that are read: a page from the start, and the rest from the end, where a recreated one stands.</summary>
    private const int MaxCommentPages = 20;

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
            throw new ArgumentException(
                $"'{Redaction.Printable(options.Repository)}' is no repository of a forge; write OWNER/NAME.",
                nameof(options)
            );
        }

        (_owner, _name) = (owner, name);
        _configuredLogin = options.Login;
        _connection = new(options, time, network);
        _client = new(_connection.Octokit);
    }

    /// <summary>What GitHub's database holds; its documentation gives 65,536.</summary>
    public int MaxCommentLength => 65_536;

    public string HeadRef(int number) => $"refs/pull/{number}/head";

    public async Task<IReadOnlyList<PullRequest>> OpenAsync(CancellationToken cancellationToken)
    {
        var request = new PullRequestRequest
        {
            State = ItemStateFilter.Open,
            SortProperty = PullRequestSort.Created,
            SortDirection = SortDirection.Ascending,
        };
        var found = new List<PullRequest>();
        for (var page = 1; page <= MaxPages; page++)
        {
            var options = new ApiOptions
            {
                StartPage = page,
                PageSize = PageSize,
                PageCount = 1,
            };
            var answer = await PullsAsync(request, options, cancellationToken);
            found.AddRange(answer);
            if (answer.Count < PageSize)
            {
                break;
            }
        }

        return [.. found.DistinctBy(pull => pull.Number)];
    }

    public Task<IReadOnlyList<PullRequest>> RecentlyClosedAsync(CancellationToken cancellationToken) =>
        PullsAsync(
            new()
            {
                State = ItemStateFilter.Closed,
                SortProperty = PullRequestSort.Updated,
                SortDirection = SortDirection.Descending,
            },
            new()
            {
                StartPage = 1,
                PageSize = RecentlyClosed,
                PageCount = 1,
            },
            cancellationToken
        );

    public async Task<PullRequest?> FindAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            return await _connection.CallAsync(
                () => _client.PullRequest.Get(_owner, _name, number),
                GitHubResponses.PullRequest,
                cancellationToken
            );
        }
        catch (ForgeException e) when (e.Kind == ForgeErrorKind.NotFound)
        {
            return null;
        }
    }

    public async Task<ForgeComment?> FindCommentAsync(int number, string start, CancellationToken cancellationToken)
    {
        var login = await LoginAsync(cancellationToken);
        var (comments, last) = await CommentsAsync(number, 1, cancellationToken);
        if (Ours(comments) is { } early)
        {
            return early;
        }

        for (var page = last; page > Math.Max(1, last - MaxCommentPages + 1); page--)
        {
            (comments, _) = await CommentsAsync(number, page, cancellationToken);
            if (Ours(comments) is { } late)
            {
                return late;
            }
        }

        return null;

        ForgeComment? Ours(IEnumerable<(string Author, ForgeComment Comment)> page) =>
            page.Where(entry =>
                    string.Equals(entry.Author, login, StringComparison.OrdinalIgnoreCase)
                    && entry.Comment.Body.StartsWith(start, StringComparison.Ordinal)
                )
                .Select(entry => entry.Comment)
                .FirstOrDefault();
    }

    public async Task<ForgeComment> CommentAsync(int number, string body, CancellationToken cancellationToken) =>
        await _connection.CallAsync(
            () => _client.Issue.Comment.Create(_owner, _name, number, body),
            GitHubResponses.Comment,
            cancellationToken
        );

    public async Task<ForgeComment?> EditCommentAsync(long comment, string body, CancellationToken cancellationToken)
    {
        try
        {
            return await _connection.CallAsync(
                () => _client.Issue.Comment.Update(_owner, _name, comment, body),
                GitHubResponses.Comment,
                cancellationToken
            );
        }
        catch (ForgeException e) when (e.Kind == ForgeErrorKind.NotFound)
        {
            return null;
        }
    }

    public async Task SetStatusAsync(string commit, CommitStatus status, CancellationToken cancellationToken) =>
        await _connection.CallAsync(
            () => _client.Repository.Status.Create(_owner, _name, commit, GitHubResponses.Status(status)),
            _ => true,
            cancellationToken
        );

    private Task<IReadOnlyList<PullRequest>> PullsAsync(
        PullRequestRequest request,
        ApiOptions options,
        CancellationToken cancellationToken
    ) =>
        _connection.CallAsync(
            () => _client.PullRequest.GetAllForRepository(_owner, _name, request, options),
            IReadOnlyList<PullRequest> (answer) => [.. answer.Select(GitHubResponses.PullRequest)],
            cancellationToken
        );

    private Task<(IReadOnlyList<(string Author, ForgeComment Comment)> Comments, int LastPage)> CommentsAsync(
        int number,
        int page,
        CancellationToken cancellationToken
    )
    {
        var uri = new Uri($"repos/{Uri.EscapeDataString(_owner)}/{Uri.EscapeDataString(_name)}/issues/{number}/comments", UriKind.Relative);
        var parameters = new Dictionary<string, string> { ["per_page"] = $"{PageSize}", ["page"] = $"{page}" };
        return _connection.CallAsync(
            () => _connection.Octokit.Get<List<IssueComment>>(uri, parameters),
            answer =>
                (
                    (IReadOnlyList<(string, ForgeComment)>)
                        [.. answer.Body.Select(comment => (comment.User?.Login ?? "", GitHubResponses.Comment(comment)))],
                    GitHubResponses.LastPage(answer.HttpResponse.ApiInfo) ?? page
                ),
            cancellationToken
        );
    }

    private async Task<string> LoginAsync(CancellationToken cancellationToken)
    {
        if (_configuredLogin.Length > 0)
        {
            return _configuredLogin;
        }

        return _login ??= await _connection.LoginAsync(cancellationToken);
    }
}
