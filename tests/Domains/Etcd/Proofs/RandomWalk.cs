using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>
/// Walks at random where there are too many worlds to be in all of them: the operator, the world by itself, people and misfortune take
/// turns, and now and then a step is carried out that was decided a move earlier. The same seed walks the same way.
/// </summary>
internal sealed class RandomWalk(Func<EtcdDesired, EtcdLive, Decision<EtcdStep>> next, Scope scope, int seed)
{
    private const int Remembered = 14;

    /// <summary>A majority that is gone for good ends a way; after so many moves without a cluster as desired another one is
    /// begun.</summary>
    private const int Patience = 1500;

    /// <summary>
    /// Who starts or comes back between the look and the step cannot be known, and a learner has no vote yet that it could forget. That no
    /// majority is lost by it is judged all the same.
    /// </summary>
    private static readonly string[] OfTheMoment = ["none-that-runs-is-replaced", "no-unsealed-start-after-the-first"];

#pragma warning disable CA5394 // A walk that can be repeated is what is needed; nothing here is secret.
    private readonly Random _random = new(seed);
    private readonly Queue<string> _way = new();

    /// <summary>Names of properties that were broken, each with the last moves before.</summary>
    public Dictionary<string, string> Broken { get; } = [];

    /// <summary>How often the cluster was as desired.</summary>
    public int Arrivals { get; private set; }

    public int MaxVoters { get; private set; }

    public void Walk(int moves, CancellationToken cancellationToken)
    {
        var world = World.Beginning(scope.Largest, ephemeral: _random.Next(4) == 0);
        (EtcdLive Seen, EtcdStep Step, EtcdRecord? Record)? late = null;
        var arrived = 0;
        for (var move = 0; move < moves; move++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var seen = world.Observed;
            var decision = next(world.Desired, seen);
            MaxVoters = Math.Max(MaxVoters, world.Voters.Length);
            if (move - arrived > Patience)
            {
                (world, late, arrived) = (World.Beginning(scope.Largest, ephemeral: false), null, move);
                _way.Clear();
                continue;
            }

            if (decision is Decision<EtcdStep>.Converged)
            {
                Arrivals++;
                arrived = move;
                world = world with { Wrong = 0, Broken = null };
            }

            // Another operator that decided on what was there before; the record is compared when it is written, so it must be the same.
            if (
                late is { } slow
                && slow.Record == world.Truth.Record
                && !Equals(slow.Step, (decision as Decision<EtcdStep>.Act)?.Step)
                && _random.Next(3) == 0
            )
            {
                world = Operate(world, slow.Seen, slow.Step, "another operator, late", isLate: true);
                late = null;
                continue;
            }

            late = null;
            var natural = Moves.Natural(world).ToList();
            if (decision is Decision<EtcdStep>.Act { Step: var step } && (natural.Count == 0 || _random.Next(3) > 0))
            {
                world =
                    _random.Next(10) == 0 && Moves.HalfDone(world, step).ToList() is { Count: > 0 } halves
                        ? Moved(Any(halves), $"operator, half done: {step.GetType().Name}")
                        : Operate(world, seen, step, "operator");
                continue;
            }

            if (natural.Count > 0 && _random.Next(40) > 0)
            {
                late = decision is Decision<EtcdStep>.Act { Step: var due } ? (seen, due, world.Truth.Record) : null;
                world = Moved(Any(natural));
            }
            else if (
                Moves.Faults(world, scope).Concat(Moves.Commits(world, scope)).Concat(Moves.Nodes(world)).ToList() is { Count: > 0 } others
            )
            {
                world = Moved(Any(others));
            }
        }
    }

    private World Operate(World world, EtcdLive seen, EtcdStep step, string who, bool isLate = false)
    {
        var after = Any(Moves.Carried(world, step).ToList());
        Moved(after, $"{who}: {step.GetType().Name}");
        foreach (
            var property in Properties.BrokenBy(world, seen, step, after).Where(property => !isLate || !OfTheMoment.Contains(property))
        )
        {
            Broken.TryAdd(property, string.Join("\n  ", _way));
        }

        return after;
    }

    private World Moved((string What, World To) move) => Moved(move.To, move.What);

    private World Moved(World to, string what)
    {
        _way.Enqueue($"{what}\n    {to}");
        if (_way.Count > Remembered)
        {
            _way.Dequeue();
        }

        return to;
    }

    private T Any<T>(List<T> some) => some[_random.Next(some.Count)];
#pragma warning restore CA5394
}
