namespace GitOpsOperator.Reconcile.Recording;

/// <summary>How what a pass saw is said part by part, and what is known to come of it; the same for every domain.</summary>
public static class PassParts
{
    /// <summary>In place of a value: it is not there.</summary>
    public const string Nothing = "nothing";

    /// <summary>At the beginning of a value: it is on its way out.</summary>
    public const string Going = "going ";

    /// <summary>A world, and what becomes of it by itself, until it is idle.</summary>
    /// <param name="advance">One round; the same object where nothing is left to happen.</param>
    /// <param name="rounds">As many as are gone through at the most.</param>
    public static IEnumerable<TLive> AndAfter<TLive>(TLive live, Func<TLive, TLive> advance, int rounds)
        where TLive : class
    {
        for (var round = 0; round < rounds; round++)
        {
            yield return live;
            var next = advance(live);
            if (ReferenceEquals(next, live))
            {
                yield break;
            }

            live = next;
        }
    }
}
