using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Reconcile.Etcd;

namespace GitOpsOperator.Reconcile.Tests.Etcd.Proofs;

/// <summary>
/// Walks every world that can be reached from nothing: by the operator's steps, by what the world does itself, by one fault at a time,
/// by misperceptions and by new commits.
/// </summary>
internal sealed class Explorer(Func<EtcdDesired, EtcdLive, Decision<EtcdStep>> next, Scope scope)
{
    private readonly Dictionary<string, int> _seen = [];
    private readonly List<World> _worlds = [];
    private readonly List<(int From, string By)> _origin = [];
    private readonly List<List<int>> _undisturbed = [];

    /// <summary>Names of properties that were broken, each with the first way there.</summary>
    public Dictionary<string, string> Broken { get; } = [];

    /// <summary>How often the walk came to rest, by decision.</summary>
    public SortedDictionary<string, int> Ends { get; } = [];

    public int States => _worlds.Count;

    public int Transitions { get; private set; }

    /// <param name="until">Stop as soon as this property is broken.</param>
    public void Explore(bool ephemeral, int atMost, string? until, CancellationToken cancellationToken)
    {
        for (var size = scope.Resizing ? 1 : scope.Largest; size <= scope.Largest; size++)
        {
            Visit(World.Beginning(size, ephemeral), -1, "the beginning");
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
            Broken.TryAdd("finitely-many-states", $"more than {atMost}: {_worlds[^1]}");
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
                Visit(half, at, $"operator, half done: {step.GetType().Name}");
            }
        }

        var natural = Moves.Natural(world).ToArray();
        foreach (var (what, to) in natural)
        {
            _undisturbed[at].Add(Visit(to, at, what));
        }

        if (world.Disturbed && decision is Decision<EtcdStep>.Converged)
        {
            Visit(world with { Disturbed = false, Broken = null }, at, "all is well again");
        }

        if (natural.Length == 0 && decision is not Decision<EtcdStep>.Act)
        {
            Rests(at, decision);
        }

        foreach (var (what, misled) in Moves.Misperceptions(world))
        {
            if (next(world.Desired, misled) is Decision<EtcdStep>.Act { Step: var wrong } && wrong != (decision as Decision<EtcdStep>.Act)?.Step)
            {
                Operate(at, misled, wrong, $"operator {what}: {wrong.GetType().Name}", undisturbed: false);
            }
        }

        foreach (var (what, to) in Moves.Faults(world, scope).Concat(Moves.Commits(world, scope)))
        {
            Visit(to, at, what);
        }
    }

    private void Operate(int at, EtcdLive seen, EtcdStep step, string by, bool undisturbed)
    {
        foreach (var after in Moves.Carried(_worlds[at], step))
        {
            var to = Visit(undisturbed ? after : after with { Disturbed = true }, at, by);
            if (undisturbed)
            {
                _undisturbed[at].Add(to);
            }

            foreach (var property in Properties.BrokenBy(_worlds[at], seen, step, after))
            {
                Broken.TryAdd(property, $"{Way(at)}\n  {by}\n  {after}");
            }
        }
    }

    private void Rests(int at, Decision<EtcdStep> decision)
    {
        var end = decision switch
        {
            Decision<EtcdStep>.Blocked blocked => $"Blocked {blocked.Rule}",
            Decision<EtcdStep>.Refused refused => $"Refused {refused.Rule}",
            Decision<EtcdStep>.Progress => "Progress",
            _ => "Converged",
        };
        Ends[end] = Ends.GetValueOrDefault(end) + 1;
        if (decision is Decision<EtcdStep>.Blocked { Rule: "quorum-lost" } && _worlds[at].Voters.Length > 2)
        {
            Broken.TryAdd("one-fault-costs-no-quorum-of-three", Way(at));
        }

        if (decision is Decision<EtcdStep>.Progress progress)
        {
            Broken.TryAdd("waits-end", $"{Way(at)}\n  waits for ever for {progress.Expected}");
        }

        if (decision is Decision<EtcdStep>.Converged && (_worlds[at].Voters.Length != _worlds[at].Desired.Spec.Size || _worlds[at].Up != _worlds[at].Voters.Length
            || _worlds[at].Running.Any(version => version != _worlds[at].Desired.Spec.Version)))
        {
            Broken.TryAdd("converged-is-as-desired", Way(at));
        }
    }

    private int Visit(World world, int from, string by)
    {
        Transitions++;
        var key = world.Key();
        if (!_seen.TryGetValue(key, out var id))
        {
            id = _worlds.Count;
            _seen.Add(key, id);
            _worlds.Add(world);
            _origin.Add((from, by));
            _undisturbed.Add([]);
        }

        return id;
    }

    /// <summary>Without disturbances, nothing may come round again: neither by the operator nor by the two of them in turn.</summary>
    private void FindCycle()
    {
        var state = new byte[_worlds.Count];
        var stack = new Stack<(int At, int Edge)>();
        for (var root = 0; root < _worlds.Count; root++)
        {
            if (state[root] != 0)
            {
                continue;
            }

            state[root] = 1;
            stack.Push((root, 0));
            while (stack.TryPop(out var top))
            {
                if (top.Edge == _undisturbed[top.At].Count)
                {
                    state[top.At] = 2;
                    continue;
                }

                stack.Push((top.At, top.Edge + 1));
                var to = _undisturbed[top.At][top.Edge];
                if (state[to] == 1)
                {
                    var round = stack.Select(s => s.At).TakeWhile(s => s != to).Reverse().Prepend(to).Append(to);
                    Broken.TryAdd("no-cycle", string.Join("\n  ", round.Select(id => $"{_worlds[id]}  {Describe(next(_worlds[id].Desired, _worlds[id].Observed))}")));
                    return;
                }

                if (state[to] == 0)
                {
                    state[to] = 1;
                    stack.Push((to, 0));
                }
            }
        }
    }

    private static string Describe(Decision<EtcdStep> decision) => decision switch
    {
        Decision<EtcdStep>.Act { Step: EtcdStep.WriteRecord write } => write.Why,
        Decision<EtcdStep>.Act act => act.Step.ToString(),
        _ => decision.ToString()!,
    };

    private string Way(int at)
    {
        var way = new List<string>();
        for (var id = at; id >= 0; id = _origin[id].From)
        {
            way.Add($"{_origin[id].By}\n    {_worlds[id]}");
        }

        way.Reverse();
        return string.Join("\n  ", way.TakeLast(14));
    }
}
