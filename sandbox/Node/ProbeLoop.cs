using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>Repeats one probe and tells each change of its verdict, after as many equal answers as the probe's thresholds ask
/// for.</summary>
internal sealed class ProbeLoop(V1Probe probe, Func<CancellationToken, Task<string?>> ask, TimeProvider time)
{
    /// <param name="verdict">Called with null when the container is well, with the reason when it is not.</param>
    public async Task RunAsync(Func<string?, bool> verdict, CancellationToken cancellationToken)
    {
        var period = TimeSpan.FromSeconds(probe.PeriodSeconds ?? 10);
        await Task.Delay(TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0), time, cancellationToken);
        using var timer = new PeriodicTimer(period, time);
        int successes = 0,
            failures = 0;
        do
        {
            if (await ask(cancellationToken) is { } reason)
            {
                (successes, failures) = (0, failures + 1);
                if (failures >= (probe.FailureThreshold ?? 3) && !verdict(reason))
                {
                    return;
                }
            }
            else
            {
                (successes, failures) = (successes + 1, 0);
                if (successes >= (probe.SuccessThreshold ?? 1) && !verdict(null))
                {
                    return;
                }
            }
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
