namespace GitOpsOperator.Operator.Repositories;

/// <summary>The repositories that are followed, by the names the configuration gives them.</summary>
internal sealed class RepositoryRegistry(IEnumerable<RepositoryFollower> followers)
{
    private readonly Dictionary<string, RepositoryFollower> _followers = followers.ToDictionary(follower => follower.Name);

    public RepositoryFollower this[string name] => _followers[name];

    public IEnumerable<RepositoryFollower> All => _followers.Values;
}
