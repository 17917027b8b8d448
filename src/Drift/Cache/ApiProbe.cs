using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// Asks the API server for a sign of life where nothing else has made it answer for half of the time that a view may be old. A replica that
/// renews or contends for a Lease does that all the time, so its probe never asks.
/// </summary>
public sealed class ApiProbe(ApiReader reader, ApiLiveness liveness, TimeSpan maxAge, TimeProvider time, ILogger logger)
{
    private bool _failing;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var due = (maxAge / 2) - liveness.Silence;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, time, cancellationToken);
                continue;
            }

            if (!await AskAsync(cancellationToken))
            {
                await Task.Delay(maxAge / 10, time, cancellationToken);
            }
        }
    }

    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(maxAge / 2, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await reader.ProbeAsync(either.Token);
        }
        catch (ApiAnswerException refused) when ((int)refused.Code < 500)
        {
            // Whoever refuses is there.
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && ApiErrors.IsTransient(error))
        {
            if (!_failing)
            {
                logger.LogWarning("The API server does not answer: {Reason}", error.Message);
            }

            _failing = true;
            return false;
        }

        if (_failing)
        {
            logger.LogInformation("The API server answers again");
        }

        _failing = false;
        return true;
    }
}
