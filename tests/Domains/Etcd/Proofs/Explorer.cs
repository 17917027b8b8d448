using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Tests.Proofs;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>
/// Walks every world that can be reached from nothing: by the operator's steps, by what the world does itself, by one fault at a time,
/// by misperceptions and by new commits.
/// </summary>
internal sealed class Explorer(Func<EtcdDesired, EtcdLive, Decision<EtcdStep>> next, Scope scope)
{
    private readonly StateGraph<World> _worlds = new(world => world.Key());

    /// <summary>Names of properties that were broken, each with the first way there.</summary>
    public Dictionary<string, string> Broken { get; } = [];

    /// <summary>How often the walk came to rest, by decision.</summary>
    public SortedDictionary<string, int> Ends { get; } = [];

    public int States => _worlds.Count;

    public int Transitions => _worlds.Transitions;

    /// <param name="until">Stop as soon as this property is broken.</param>
    public void Explore(bool ephemeral, int atMost, string? until, CancellationToken cancellationToken)
    {
        for (var size = scope.Resizing ? 1 : scope.Largest; size <= scope.Largest; size++)
        {
            _worlds.Visit(World.Beginning(size, ephemeral), -1, "the beginning");
        }

        for (var at = 0; at < _worlds.Count && _worlds.Count <= atMost; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Expand(at);
            if (until is not null && Broken.ContainsKey(until))
            {
                return;
            }
        }

        if (_worlds.Count > atMost)
        {
            Broken.TryAdd("finitely-many-states", $"more than {atMost}: {_worlds[_worlds.Count - 1]}");
            return;
        }

        FindCycle();
    }

    private void Expand(int at)
    {
        var world = _worlds[at];
        var seen = world.Observed;
        var decision = next(world.Desired, seen);
        if (decision is Decision<EtcdStep>.Act { Step: var step })
        {
            Operate(at, seen, step, $"operator: {step.GetType().Name}", undisturbed: true);
            foreach (var half in Moves.HalfDone(world, step))
            {
                _worlds.Visit(half, at, $"operator, half done: {step.GetType().Name}");
            }
        }

        var natural = Moves.Natural(world).ToArray();
        foreach (var (what, to) in natural)
        {
            _worlds.Follows(at, _worlds.Visit(to, at, what));
        }

        if (world.Disturbed && decision is Decision<EtcdStep>.Converged)
        {
            _worlds.Visit(world with { Wrong = 0, Broken = null }, at, "all is well again");
        }

        if (natural.Length == 0 && decision is not Decision<EtcdStep>.Act)
        {
            Rests(at, decision);
        }

        foreach (var (what, misled) in Moves.Misperceptions(world))
        {
            if (
                next(world.Desired, misled) is Decision<EtcdStep>.Act { Step: var wrong }
                && wrong != (decision as Decision<EtcdStep>.Act)?.Step
            )
            {
                Operate(at, misled, wrong, $"operator {what}: {wrong.GetType().Name}", undisturbed: false);
            }
        }

        foreach (var (what, to) in Moves.Faults(world, scope).Concat(Moves.Commits(world, scope)).Concat(Moves.Nodes(world)))
        {
            _worlds.Visit(to, at, what);
        }
    }

    private void Operate(int at, EtcdLive seen, EtcdStep step, string by, bool undisturbed)
    {
        foreach (var after in Moves.Carried(_worlds[at], step))
        {
            var to = _worlds.Visit(undisturbed ? after : after with { Wrong = Math.Max(1, after.Wrong) }, at, by);
            if (undisturbed)
            {
                _worlds.Follows(at, to);
            }

            foreach (var property in Properties.BrokenBy(_worlds[at], seen, step, after))
            {
                Broken.TryAdd(property, $"{_worlds.Way(at)}\n  {by}\n  {after}");
            }
        }
    }

    private void Rests(int at, Decision<EtcdStep> decision)
    {
        var end = decision switch
        {
            Decision<EtcdStep>.Blocked blocked => $"Blocked {blocked.By.Rule}",
            Decision<EtcdStep>.Refused refused => $"Refused {refused.By.Rule}",
            Decision<EtcdStep>.Progress => "Progress",
            _ => "Converged",
        };
        Ends[end] = Ends.GetValueOrDefault(end) + 1;
        if (scope.Faults == 1 && decision is Decision<EtcdStep>.Blocked { By.Rule: "quorum-lost" } && _worlds[at].Voters.Length > 2)
        {
            Broken.TryAdd("one-fault-costs-no-quorum-of-three", _worlds.Way(at));
        }

        if (decision is Decision<EtcdStep>.Progress progress)
        {
            Broken.TryAdd("waits-end", $"{_worlds.Way(at)}\n  waits for ever for {progress.Expected}");
        }

        if (decision is Decision<EtcdStep>.Converged && _worlds[at].Voters.Any(voter => voter.Boot is { Sealed: false }))
        {
            Broken.TryAdd("converged-is-sealed", _worlds.Way(at));
        }

        if (
            decision is Decision<EtcdStep>.Converged
            && (
                _worlds[at].Voters.Length != _worlds[at].Desired.Spec.Size
                || _worlds[at].Up != _worlds[at].Voters.Length
                || _worlds[at].Running.Any(version => version != _worlds[at].Desired.Spec.Version)
            )
        )
        {
            Broken.TryAdd("converged-is-as-desired", _worlds.Way(at));
        }
    }

    /// <summary>Without disturbances, nothing may come round again: neither by the operator nor by the two of them in turn.</summary>
    private void FindCycle()
    {
        if (_worlds.FindCycle() is { } round)
        {
            Broken.TryAdd(
                "no-cycle",
                string.Join("\n  ", round.Select(id => $"{_worlds[id]}  {Describe(next(_worlds[id].Desired, _worlds[id].Observed))}"))
            );
        }
    }

    private static string Describe(Decision<EtcdStep> decision) =>
        decision switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.WriteRecord write } => write.Why,
            Decision<EtcdStep>.Act act => act.Step.ToString(),
            _ => decision.ToString()!,
        };
}
