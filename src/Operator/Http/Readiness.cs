namespace GitOpsOperator.Operator.Http;

/// <summary>
/// Whether this replica does what it is there for: it knows the live state, and it acts and has looked at every repository, or it stands
/// by. A repository that cannot be reached is told elsewhere; it does not make the operator unready for all others.
/// </summary>
internal sealed class Readiness(OperatorParts parts)
{
    /// <summary>One line a check, as Kubernetes' own servers answer.</summary>
    public (bool Ready, string Text) Look()
    {
        var checks = new List<(bool Ok, string Text)>
        {
            (parts.Synced, parts.Synced ? "live-state ok" : "live-state the API server has not told yet what is there"),
        };
        if (parts.Election is { Holds: false })
        {
            checks.Add((true, "standing by: another replica acts"));
        }
        else
        {
            checks.AddRange(parts.Repositories.All.Select(repository => repository.Follower).Select(follower =>
                (follower.LookedAt, $"repository/{follower.Name} {(follower.LookedAt ? "ok" : "has not been looked at yet")}")));
        }

        return (checks.TrueForAll(check => check.Ok), string.Concat(checks.Select(check => $"[{(check.Ok ? '+' : '-')}]{check.Text}\n")));
    }
}
