namespace GitOpsOperator.Operator.Repositories;

/// <summary>The repositories that are followed, by the names the configuration gives them.</summary>
internal sealed class RepositoryRegistry(IReadOnlyDictionary<string, FollowedRepository> repositories)
{
    public FollowedRepository this[string name] => repositories[name];

    public IEnumerable<FollowedRepository> All => repositories.Values;
}
