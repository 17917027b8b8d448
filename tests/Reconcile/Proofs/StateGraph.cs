namespace GitOpsOperator.Reconcile.Tests.Proofs;

/// <summary>Worlds that were reached, each once, with the first way there, and what leads from one to the next where nothing
/// disturbs.</summary>
/// <param name="key">What tells two worlds apart, with everything left out that cannot matter.</param>
internal sealed class StateGraph<TWorld>(Func<TWorld, string> key)
{
    private readonly Dictionary<string, int> _seen = [];
    private readonly List<TWorld> _worlds = [];
    private readonly List<(int From, string By)> _origin = [];
    private readonly List<List<int>> _undisturbed = [];

    public int Count => _worlds.Count;

    public int Transitions { get; private set; }

    public TWorld this[int id] => _worlds[id];

    /// <param name="from">-1 for a beginning.</param>
    /// <returns>The world's id; the worlds are numbered in the order in which they were first reached.</returns>
    public int Visit(TWorld world, int from, string by)
    {
        Transitions++;
        var name = key(world);
        if (!_seen.TryGetValue(name, out var id))
        {
            id = _worlds.Count;
            _seen.Add(name, id);
            _worlds.Add(world);
            _origin.Add((from, by));
            _undisturbed.Add([]);
        }

        return id;
    }

    /// <summary>This follows by the operator or by the world itself, without anything going wrong.</summary>
    public void Follows(int from, int to) => _undisturbed[from].Add(to);

    /// <summary>Worlds that come round again although nothing goes wrong; null where there are none.</summary>
    public IReadOnlyList<int>? FindCycle()
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
                    return [.. stack.Select(s => s.At).TakeWhile(s => s != to).Reverse().Prepend(to).Append(to)];
                }

                if (state[to] == 0)
                {
                    state[to] = 1;
                    stack.Push((to, 0));
                }
            }
        }

        return null;
    }

    /// <summary>The last steps of the first way to a world.</summary>
    public string Way(int at)
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
