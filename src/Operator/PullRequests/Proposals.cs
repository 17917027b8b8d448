using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git.Mirror;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>
/// Reads proposals out of the mirror: merges them in memory and tells how the documents differ. Nothing of a head is executed.
/// </summary>
internal sealed class Proposals(GitMirror mirror, ImmutableArray<DocumentKind> kinds, DocumentPolicy policy)
{
    private readonly DocumentReader _targetReader = new(kinds, policy: policy);
    private readonly DocumentReader _headReader = new(kinds, policy: policy);
    private (string Revision, DesiredState State)? _target;

    /// <param name="target">The revision to merge into.</param>
    /// <param name="head">A commit that was fetched.</param>
    /// <exception cref="IOException">The mirror is damaged.</exception>
    public Proposal Compare(string target, string head)
    {
        switch (mirror.Merge(target, head))
        {
            case MergeOutcome.Conflict conflict:
                return Proposal.Unusable(
                    target,
                    head,
                    new(
                        "merge-conflict",
                        "The branch and its target changed the same places",
                        "Merge the target branch into this one, settle the conflict, and push",
                        conflict.Paths
                    )
                );
            case MergeOutcome.TooLarge tooLarge:
                return Proposal.Unusable(target, head, TooLarge(tooLarge.Message));
            case MergeOutcome.Unrelated:
                return Proposal.Unusable(
                    target,
                    head,
                    new(
                        "unrelated-history",
                        "The branch has no commit in common with its target",
                        "Start the branch from the target branch",
                        []
                    )
                );
            case MergeOutcome.Merged merged:
                return Compare(target, head, mirror.ReadTree(merged.Tree, "the merge"));
            default:
                throw new InvalidOperationException("A kind of merge that is not known here");
        }
    }

    private Proposal Compare(string target, string head, RevisionFiles files)
    {
        var blocker = files switch
        {
            RevisionFiles.PathMissing missing => new ReviewBlocker(
                "path-missing",
                missing.Message.TrimEnd('.'),
                "Keep the folder that the operator watches",
                []
            ),
            RevisionFiles.Empty empty => new ReviewBlocker(
                "no-documents",
                empty.Message.TrimEnd('.'),
                "Leave at least one document in the folder that the operator watches",
                []
            ),
            RevisionFiles.TooLarge tooLarge => TooLarge(tooLarge.Message),
            _ => null,
        };
        if (blocker is not null)
        {
            return Proposal.Unusable(target, head, blocker);
        }

        var read = (RevisionFiles.Read)files;
        var before = Target(target);
        var after = _headReader.Read(read.Files);
        var findings = read.Findings.AddRange(after.Findings);
        var known = before.Findings.Select(Identity).ToHashSet();
        var introduced = findings.Where(finding => !known.Contains(Identity(finding))).ToImmutableArray();
        return new(
            target,
            head,
            before.Documents.Concat(after.Documents).DistinctBy(document => document.Key).Count(),
            Changes(before, after with { Findings = findings }),
            introduced,
            findings.Length - introduced.Length,
            null
        );
    }

    private static ReviewBlocker TooLarge(string message) => new("too-large", message.TrimEnd('.'), "Make it smaller", []);

    private DesiredState Target(string revision)
    {
        if (_target is not { } known || known.Revision != revision)
        {
            // A target that cannot be read says nothing: then everything in the head is new, and is shown as such.
            var files = mirror.ReadFiles(revision) as RevisionFiles.Read;
            var state = _targetReader.Read(files?.Files ?? []);
            _target = known = (revision, state with { Findings = (files?.Findings ?? []).AddRange(state.Findings) });
        }

        return known.State;
    }

    private static ImmutableArray<ProposedChange> Changes(DesiredState before, DesiredState after)
    {
        var were = before.Documents.ToDictionary(document => document.Key);
        var become = after.Documents.ToDictionary(document => document.Key);
        return
        [
            .. were
                .Keys.Union(become.Keys)
                .Order()
                .Select(key => Change(were.GetValueOrDefault(key), become.GetValueOrDefault(key), key, after))
                .OfType<ProposedChange>(),
        ];
    }

    private static ProposedChange? Change(ClusterDocument? was, ClusterDocument? becomes, ClusterKey key, DesiredState after)
    {
        if (becomes is null)
        {
            // A broken document keeps its cluster as it is; its findings say so.
            return was is not null && after.IsWithdrawn(key) ? new(key, was.Location.Path, DocumentChange.Removed, [], null) : null;
        }

        var fields = FieldChange.Between(was?.Fields ?? ImmutableSortedDictionary<string, string>.Empty, becomes.Fields);
        return fields.IsEmpty
            ? null
            : new(key, becomes.Location.Path, was is null ? DocumentChange.Added : DocumentChange.Changed, fields, becomes);
    }

    // Without the line: what moved down by an edit above it is no news.
    private static (FindingSeverity, string, string, string, string) Identity(Finding finding) =>
        (finding.Severity, finding.Location.Path, finding.Field, finding.Message, finding.Rule);
}
