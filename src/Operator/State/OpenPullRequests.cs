using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Reviews;

namespace GitOpsOperator.Operator.State;

/// <summary>A pull request that is open, with what was last said of it.</summary>
/// <param name="Repository">Its name in the configuration.</param>
public sealed record OpenPull(string Repository, int Number, string Author, Review Review);

/// <summary>
/// The open pull requests of all repositories, as they were when they were last looked at. May be read and written from any thread.
/// </summary>
internal sealed class OpenPullRequests
{
    private ImmutableSortedDictionary<string, ImmutableArray<OpenPull>> _open = ImmutableSortedDictionary.Create<
        string,
        ImmutableArray<OpenPull>
    >(StringComparer.Ordinal);

    public IEnumerable<OpenPull> All => Volatile.Read(ref _open).Values.SelectMany(open => open);

    /// <summary>These are the open ones of a repository, in place of those that were.</summary>
    public void Set(string repository, ImmutableArray<OpenPull> open) =>
        ImmutableInterlocked.Update(ref _open, all => all.SetItem(repository, open));
}
