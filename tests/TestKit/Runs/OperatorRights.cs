using System.Collections.Immutable;
using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.TestKit.Runs;

/// <summary>
/// Every run is made with the rights of deploy/ and no others, so a right that is missing fails it. At the end of all of them: a right that
/// none has needed is one too many.
/// </summary>
public sealed class OperatorRights : IAsyncDisposable
{
    private static readonly Lock Lock = new();
    private static ImmutableHashSet<string>? _unused;

    internal static async Task NoteAsync(SandboxEnvironment environment)
    {
        if (environment.HasRealKubernetes)
        {
            return;
        }

        var unused = await OperatorAccess.UnusedAsync(environment, CancellationToken.None);
        lock (Lock)
        {
            _unused = _unused?.Intersect(unused) ?? [.. unused];
        }
    }

    public ValueTask DisposeAsync()
    {
        // Of a part of the tests nothing follows; scripts/test.sh says when it runs them all.
        if (LongTests.Chosen && Environment.GetEnvironmentVariable("TEST_WHOLE") == "1" && _unused is { Count: > 0 } unused)
        {
            throw new InvalidOperationException(
                $"deploy/ grants what no end-to-end test needs: {string.Join("; ", unused.Order(StringComparer.Ordinal))}"
            );
        }

        return ValueTask.CompletedTask;
    }
}
