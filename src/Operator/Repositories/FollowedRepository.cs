using GitOpsOperator.Operator.Status;

namespace GitOpsOperator.Operator.Repositories;

/// <summary>One repository with both directions of its traffic: what it says, and what is said back to it.</summary>
/// <param name="passed">Called after each look at the repository.</param>
internal sealed class FollowedRepository(RepositoryFollower follower, StatusWriter? writer, Action passed)
{
    public RepositoryFollower Follower => follower;

    public StatusWriter? Writer => writer;

    public async Task PassAsync(CancellationToken cancellationToken)
    {
        await follower.PassAsync(cancellationToken);
        writer?.Request();
        passed();
    }
}
