namespace GitOpsOperator.Sandbox.Storm;

/// <param name="Pause">After the one before.</param>
/// <param name="Pick">Chooses whom it happens to, among those who are there by then.</param>
/// <param name="Lasts">How long, where it lasts.</param>
internal sealed record StormEvent(int Number, TimeSpan Pause, StormAction Action, int Pick, TimeSpan Lasts);

/// <summary>What happens and when, drawn from a seed alone; whom it happens to depends on who is there.</summary>
internal static class StormSchedule
{
    private const double ShortestPause = 2;
    private const double LongestPause = 12;

    /// <summary>Without end.</summary>
    public static IEnumerable<StormEvent> Of(int seed)
    {
        var random = new Random(seed);
        var weights = StormAction.All.Sum(action => action.Weight);
        for (var number = 1; ; number++)
        {
            var drawn = random.Next(weights);
            var action = StormAction.All.First(one => (drawn -= one.Weight) < 0);
            yield return new(
                number,
                TimeSpan.FromSeconds(ShortestPause + (random.NextDouble() * (LongestPause - ShortestPause))),
                action,
                random.Next(),
                TimeSpan.FromSeconds(action.Least + (random.NextDouble() * (action.Most - action.Least)))
            );
        }
    }
}
