using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.State;

/// <summary>
/// What the comments of one repository say that its open and just merged pull requests would do, for the day they are merged. A commit is
/// known again by what its document says, since a forge may merge by a merge, a squash or a rebase.
/// </summary>
internal sealed class ReviewedPlans
{
    private readonly Dictionary<int, ImmutableArray<(ClusterDocument Document, ReviewedPlan Plan)>> _plans = [];
    private readonly Lock _lock = new();

    /// <summary>A comment says this now, in place of what it said before.</summary>
    public void Set(int number, ImmutableArray<(ClusterDocument Document, ReviewedPlan Plan)> plans)
    {
        lock (_lock)
        {
            _plans[number] = plans;
        }
    }

    public void Forget(int number)
    {
        lock (_lock)
        {
            _plans.Remove(number);
        }
    }

    /// <summary>What was said of a document with these words; null where nothing was. Of several reviews the newest counts.</summary>
    public ReviewedPlan? Of(ClusterDocument document)
    {
        lock (_lock)
        {
            return _plans
                .OrderByDescending(entry => entry.Key)
                .SelectMany(entry => entry.Value)
                .FirstOrDefault(entry => entry.Document.Key == document.Key && entry.Document.Fields.SequenceEqual(document.Fields))
                .Plan;
        }
    }
}
