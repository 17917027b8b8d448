using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Tests.Proofs;

namespace GitOpsOperator.Domains.Prometheus.Tests.Proofs;

/// <summary>
/// Walks every world that can be reached from nothing: by the operator's steps, by what the world does itself, by one fault at a time and
/// by commits at any moment.
/// </summary>
internal sealed class PrometheusExplorer(
    ImmutableArray<PrometheusDesiredState> wishes,
    Func<PrometheusDesiredState, PrometheusLive, Decision<PrometheusStep>> next
)
{
    private readonly StateGraph<PrometheusWorld> _worlds = new(world => world.Key());
    private readonly PrometheusMoves _moves = new(wishes);

    /// <summary>Names of properties that were broken, each with the first way there.</summary>
    public Dictionary<string, string> Broken { get; } = [];

    /// <summary>How often the walk came to rest, by decision.</summary>
    public SortedDictionary<string, int> Ends { get; } = [];

    public int States => _worlds.Count;

    public int Transitions => _worlds.Transitions;

    public void Explore(int atMost, CancellationToken cancellationToken)
    {
        _worlds.Visit(PrometheusWorld.Beginning(wishes[0]), -1, "the beginning");
        for (var at = 0; at < _worlds.Count; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_worlds.Count > atMost)
            {
                Broken.TryAdd("finitely-many-states", $"more than {atMost}: {_worlds.Way(_worlds.Count - 1)}");
                return;
            }

            Expand(at);
        }

        if (_worlds.FindCycle() is { } round)
        {
            Broken.TryAdd(
                "no-cycle",
                string.Join("\n  ", round.Select(id => $"{_worlds[id]}  {next(_worlds[id].Wish, _worlds[id].Live)}"))
            );
        }
    }

    private void Expand(int at)
    {
        var world = _worlds[at];
        var decision = next(world.Wish, world.Live);
        if (decision is Decision<PrometheusStep>.Act { Step: var step })
        {
            var after = _moves.Carried(world, step);
            _worlds.Follows(at, _worlds.Visit(after, at, $"operator: {step}"));
            foreach (var property in PrometheusProperties.BrokenBy(world, step, after))
            {
                Broken.TryAdd(property, $"{_worlds.Way(at)}\n  operator: {step}\n  {after}");
            }

            foreach (var half in PrometheusMoves.HalfDone(world, step))
            {
                _worlds.Visit(half, at, $"operator, half done: {step}");
            }
        }

        var natural = _moves.Natural(world).ToArray();
        foreach (var (what, to) in natural)
        {
            _worlds.Follows(at, _worlds.Visit(to, at, what));
        }

        if (world.Disturbed && decision is Decision<PrometheusStep>.Converged)
        {
            _worlds.Visit(world with { Disturbed = false }, at, "all is well again");
        }

        if (natural.Length == 0 && decision is not Decision<PrometheusStep>.Act)
        {
            Rests(at, decision);
        }

        foreach (var (what, to) in PrometheusMoves.Faults(world).Concat(_moves.Commits(world)))
        {
            _worlds.Visit(to, at, what);
        }
    }

    private void Rests(int at, Decision<PrometheusStep> decision)
    {
        var end = decision switch
        {
            Decision<PrometheusStep>.Blocked blocked => $"Blocked {blocked.By.Rule}",
            Decision<PrometheusStep>.Refused refused => $"Refused {refused.By.Rule}",
            Decision<PrometheusStep>.Progress => "Progress",
            _ => "Converged",
        };
        Ends[end] = Ends.GetValueOrDefault(end) + 1;
        if (decision is Decision<PrometheusStep>.Progress progress)
        {
            Broken.TryAdd("waits-end", $"{_worlds.Way(at)}\n  waits for ever for {progress.Expected}");
        }

        foreach (var property in PrometheusProperties.BrokenAtRest(_worlds[at], decision))
        {
            Broken.TryAdd(property, _worlds.Way(at));
        }
    }
}
