namespace GitOpsOperator.Operator.PullRequests;

/// <summary>The repositories whose pull requests are reviewed, by the names the configuration gives them.</summary>
internal sealed class PullRequestRegistry(IReadOnlyDictionary<string, PullRequestPass> passes)
{
    public IEnumerable<PullRequestPass> All => passes.Values;

    public PullRequestPass this[string repository] => passes[repository];
}
