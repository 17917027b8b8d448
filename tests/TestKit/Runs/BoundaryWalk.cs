using GitOpsOperator.Demo.Environments;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.TestKit.Runs;

/// <summary>
/// A walk along the boundaries of a change: every write of the operator about a cluster stands still in the API server. At those that are
/// chosen the operator is killed with SIGKILL before the write takes effect, started again, and killed once more when the write has taken
/// effect and before it has the answer. What comes again after that, since a step of several writes begins again, is let go.
/// </summary>
internal sealed class BoundaryWalk : IDisposable
{
    private static readonly string Any = $"{Holds.OfAccount}system:serviceaccount:{OperatorAccess.Namespace}:{OperatorAccess.Account}";

    private readonly SandboxEnvironment _environment;
    private readonly HashSet<string> _crossed = [];
    private HeldWrite _hold;

    private BoundaryWalk(SandboxEnvironment environment, HeldWrite hold) => (_environment, _hold) = (environment, hold);

    /// <summary>Writes so far; one that was asked for again after a kill counts once.</summary>
    public int Writes { get; private set; }

    public int Kills { get; private set; }

    /// <summary>From now on writes stand still; begin it before what sets the operator off.</summary>
    public static async Task<BoundaryWalk> BeginAsync(SandboxEnvironment environment, CancellationToken cancellationToken) =>
        new(environment, await environment.HoldAsync(HoldPoint.Before, Any, cancellationToken));

    /// <summary>Goes on until the change is over.</summary>
    /// <param name="over">Waits for that; asked anew after each write, so its deadline is one for a single step.</param>
    public async Task<T> UntilAsync<T>(Func<CancellationToken, Task<T>> over, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var held = _hold.UntilHeldAsync(stop.Token);
            var ended = over(stop.Token);
            var first = await Task.WhenAny(held, ended);
            await stop.CancelAsync();

            // The other one is given up just now.
            await (first == held ? ended : (Task)held).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (first == ended)
            {
                return await ended;
            }

            var write = await held;
            if (!_crossed.Add(write))
            {
                await ArmAsync(HoldPoint.Before, cancellationToken);
                continue;
            }

            await KillTwiceAsync(write, cancellationToken);
            Writes++;
        }
    }

    public void Dispose() => _hold.Dispose();

    private async Task KillTwiceAsync(string before, CancellationToken cancellationToken)
    {
        await _environment.KillOperatorAsync();
        await ArmAsync(HoldPoint.After, cancellationToken);
        _environment.StartOperator();
        var after = await _hold.UntilHeldAsync(cancellationToken);
        while (after != before && !_crossed.Add(after))
        {
            // Done again on the way to the write that was not let through.
            await ArmAsync(HoldPoint.After, cancellationToken);
            after = await _hold.UntilHeldAsync(cancellationToken);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"write {Writes}: killed before {before}{(after == before ? ", and after it" : $", and after {after}")}"
        );
        await _environment.KillOperatorAsync();
        await ArmAsync(HoldPoint.Before, cancellationToken);
        _environment.StartOperator();
        Kills += 2;
    }

    /// <summary>The next one before the last is let go, so that no write slips through between them.</summary>
    private async Task ArmAsync(HoldPoint point, CancellationToken cancellationToken)
    {
        var next = await _environment.HoldAsync(point, Any, cancellationToken);
        _hold.Dispose();
        _hold = next;
    }
}
