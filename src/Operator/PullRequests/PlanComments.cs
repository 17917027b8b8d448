using GitOpsOperator.Sync.Forges;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>Keeps the one comment on each pull request. A comment that is as it should be is left alone.</summary>
/// <param name="start">How the operator knows its own comments again.</param>
internal sealed class PlanComments(IForge forge, string start)
{
    /// <param name="write">Gives the text; its argument is the room that there is, in characters.</param>
    public PlanComment Of(Func<int, string> write) => new(start, write(forge.MaxCommentLength - PlanComment.MaxMarkerLength));

    /// <returns>Null where there is none.</returns>
    public Task<ForgeComment?> FindAsync(int number, CancellationToken cancellationToken) =>
        forge.FindCommentAsync(number, start, cancellationToken);

    /// <returns>Null where somebody has edited it.</returns>
    public string? DigestOf(ForgeComment comment) => PlanComment.DigestOf(start, comment.Body);

    /// <summary>Makes the comment say this.</summary>
    /// <param name="orMakeOne">Makes one where there is none.</param>
    public async Task SayAsync(int number, KnownPull known, PlanComment comment, bool orMakeOne, CancellationToken cancellationToken)
    {
        if (!known.Searched)
        {
            known.Comment = await FindAsync(number, cancellationToken);
            known.Digest = known.Comment is { } found ? DigestOf(found) : null;
            known.Searched = true;
        }

        if (known.Digest == comment.Digest)
        {
            return;
        }

        if (known.Comment is { } standing)
        {
            // Gone where somebody deleted it: then it is recreated, since there is something new to say.
            known.Comment = await forge.EditCommentAsync(standing.Id, comment.Body, cancellationToken);
        }

        if (known.Comment is null && orMakeOne)
        {
            known.Comment = await forge.CommentAsync(number, comment.Body, cancellationToken);
        }

        known.Digest = comment.Digest;
    }
}
