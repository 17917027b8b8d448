namespace GitOpsOperator.Sandbox.History;

/// <summary>
/// Looks for an order of the calls on one key that explains every answer: by Wing and Gong's search (1993) with Lowe's memory of what has
/// been tried (2017). A call without an answer may come at any moment after its begin, or never.
/// </summary>
internal static class Linearizability
{
    /// <summary>Orders that are tried at most: a second's work. Few answers missing, and it takes hundreds.</summary>
    private const int MaxTried = 1_000_000;

    /// <returns>Null where it would take too long to say.</returns>
    public static bool? Holds(IReadOnlyList<RegisterOperation> operations)
    {
        var first = Entries(operations);
        var left = operations.Count(operation => operation.End is not null);
        var done = new ulong[(operations.Count + 63) / 64];
        var tried = new HashSet<(string Done, string? Value)>();
        var taken = new Stack<(Entry Call, string? Before)>();
        string? value = null;
        var entry = first.Next;
        while (left > 0)
        {
            if (entry is { IsCall: true })
            {
                var (possible, after) = operations[entry.Operation].On(value);
                Flip(done, entry.Operation);
                if (tried.Count > MaxTried)
                {
                    return null;
                }

                if (possible && tried.Add((Key(done), after)))
                {
                    taken.Push((entry, value));
                    value = after;
                    left -= entry.Lift();
                    entry = first.Next;
                }
                else
                {
                    Flip(done, entry.Operation);
                    entry = entry.Next;
                }

                continue;
            }

            // A call has ended that was not done yet, or nothing is left to try: what was done last was done too early.
            if (!taken.TryPop(out var last))
            {
                return false;
            }

            value = last.Before;
            Flip(done, last.Call.Operation);
            left += last.Call.PutBack();
            entry = last.Call.Next;
        }

        return true;
    }

    private static void Flip(ulong[] done, int operation) => done[operation / 64] ^= 1UL << (operation % 64);

    private static string Key(ulong[] done) =>
        string.Create(
            done.Length * 4,
            done,
            (text, bits) =>
            {
                for (var index = 0; index < bits.Length; index++)
                {
                    for (var part = 0; part < 4; part++)
                    {
                        text[(index * 4) + part] = (char)(bits[index] >> (part * 16));
                    }
                }
            }
        );

    /// <summary>All begins and ends in their order, after an entry that is none.</summary>
    private static Entry Entries(IReadOnlyList<RegisterOperation> operations)
    {
        var first = new Entry(-1, isCall: false);
        var last = first;
        var events = operations.SelectMany(
            (operation, index) =>
                operation.End is { } end
                    ? new[] { (At: operation.Begin, Index: index, IsCall: true), (At: end, Index: index, IsCall: false) }
                    : [(At: operation.Begin, Index: index, IsCall: true)]
        );
        var calls = new Entry?[operations.Count];
        foreach (var (_, index, isCall) in events.OrderBy(one => one.At))
        {
            var entry = new Entry(index, isCall) { Previous = last };
            last.Next = entry;
            last = entry;
            if (isCall)
            {
                calls[index] = entry;
            }
            else
            {
                calls[index]!.Return = entry;
            }
        }

        return first;
    }

    /// <summary>A begin or an end, in a list from which it can be taken and to which it can be put back where it was.</summary>
    private sealed class Entry(int operation, bool isCall)
    {
        public int Operation { get; } = operation;

        public bool IsCall { get; } = isCall;

        public Entry? Previous { get; set; }

        public Entry? Next { get; set; }

        public Entry? Return { get; set; }

        /// <summary>Takes the call out with its end; gives how many ends went.</summary>
        public int Lift()
        {
            Unlink();
            Return?.Unlink();
            return Return is null ? 0 : 1;
        }

        public int PutBack()
        {
            Return?.Link();
            Link();
            return Return is null ? 0 : 1;
        }

        private void Unlink()
        {
            Previous!.Next = Next;
            if (Next is not null)
            {
                Next.Previous = Previous;
            }
        }

        private void Link()
        {
            Previous!.Next = this;
            if (Next is not null)
            {
                Next.Previous = this;
            }
        }
    }
}
