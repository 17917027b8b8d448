namespace GitOpsOperator.TestKit;

/// <summary>Waits for a condition with a deadline, never for a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task SucceedsAsync(Func<Task> attempt, Func<string> context, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await attempt();
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (TimeProvider.System.GetElapsedTime(start) > Limit)
                {
                    throw new TimeoutException($"Not within {Limit.TotalSeconds} s: {e.Message}\n{context()}", e);
                }

                await Task.Delay(Interval, cancellationToken);
            }
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what, CancellationToken cancellationToken) =>
        TrueAsync(condition, () => what, cancellationToken);

    public static Task TrueAsync(Func<bool> condition, Func<string> context, CancellationToken cancellationToken) =>
        SucceedsAsync(
            () => condition() ? Task.CompletedTask : throw new InvalidOperationException("still not so"),
            context,
            cancellationToken
        );
}
