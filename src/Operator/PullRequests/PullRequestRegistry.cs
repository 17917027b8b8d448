namespace GitOpsOperator.Operator.PullRequests;

/// <summary>The repositories whose pull requests are reviewed, by the names the configuration gives them.</summary>
internal sealed class PullRequestRegistry(IEnumerable<PullRequestPass> passes)
{
    private readonly Dictionary<string, PullRequestPass> _passes = passes.ToDictionary(pass => pass.Repository);

    public PullRequestPass this[string repository] => _passes[repository];
}
