namespace GitOpsOperator.Sandbox.Api;

/// <summary>Where a write is held: before it takes effect, or after that and before its answer is sent.</summary>
public enum HoldPoint
{
    Before,
    After,
}

/// <summary>
/// Writes that stand still in the API server, so that whoever sent one is for certain between two steps: it waits for the answer, and the
/// effect is there or not as was asked. Only the first matching write is held; reads and watches never are.
/// </summary>
public sealed class Holds
{
    /// <summary>What is written beside the steps of a cluster.</summary>
    private static readonly string[] AtAnyTime = ["/apis/coordination.k8s.io/", "/apis/gitops-operator.dev/"];

    private readonly Lock _lock = new();
    private readonly List<Hold> _waiting = [];

    /// <summary>
    /// Before a service account, as in <c>of:system:serviceaccount:NAMESPACE:NAME</c>: any write of its, but for those of leases and of
    /// what only shows a cluster.
    /// </summary>
    public const string OfAccount = "of:";

    /// <summary>
    /// Holds the next write whose path ends with <paramref name="resource"/>, such as <c>configmaps/orders-record</c>, or that the account
    /// makes which follows <see cref="OfAccount"/> in it.
    /// </summary>
    public Hold Next(HoldPoint point, string resource)
    {
        var hold = new Hold(this, point, resource);
        lock (_lock)
        {
            _waiting.Add(hold);
        }

        return hold;
    }

    /// <summary>The hold that this write runs into, which no other write will.</summary>
    /// <param name="account">Who writes; null for the administrator.</param>
    internal Hold? Take(string method, string path, string? account)
    {
        if (method is not ("PUT" or "PATCH" or "DELETE"))
        {
            return null;
        }

        lock (_lock)
        {
            var hold = _waiting.Find(hold =>
                hold.Resource.StartsWith(OfAccount, StringComparison.Ordinal)
                    ? hold.Resource[OfAccount.Length..] == account
                        && !AtAnyTime.Any(group => path.StartsWith(group, StringComparison.Ordinal))
                    : path.EndsWith($"/{hold.Resource}", StringComparison.Ordinal)
            );
            return hold is not null && _waiting.Remove(hold) ? hold : null;
        }
    }

    private void Forget(Hold hold)
    {
        lock (_lock)
        {
            _waiting.Remove(hold);
        }
    }

    /// <summary>One of them; disposing lets the write go on.</summary>
    public sealed class Hold : IDisposable
    {
        private readonly Holds _holds;
        private readonly TaskCompletionSource<string> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Hold(Holds holds, HoldPoint point, string resource) => (_holds, Point, Resource) = (holds, point, resource);

        public HoldPoint Point { get; }

        public string Resource { get; }

        /// <summary>Completes when a write stands still, with its method and path.</summary>
        public Task<string> Held => _held.Task;

        public void Dispose()
        {
            _holds.Forget(this);
            _released.TrySetResult();
        }

        /// <summary>Stands still until released, or until the client has gone.</summary>
        internal Task StandAsync(string write, CancellationToken cancellationToken)
        {
            _held.TrySetResult(write);
            return _released.Task.WaitAsync(cancellationToken);
        }
    }
}
