using System.Net;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.TestKit;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Drift.Tests.Cache;

public sealed class MissingKindTests
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    /// <summary>Longer than all that the clock of the test is advanced by, also on a slow machine: two days in 30 s.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromDays(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kind_that_may_be_missing_and_is_counts_as_empty_until_the_server_has_it()
    {
        await using var api = await ScriptedApi.StartAsync();
        var time = new FakeTimeProvider();

        // Calls are bounded by the true clock: the other one is advanced also while a call is on its way.
        using var connection = api.Open(Long);
        var reflector = new Reflector<V1PodDisruptionBudget>(
            connection.Reader,
            connection.Liveness,
            new(ApiResources.DisruptionBudgets),
            item => item,
            _ => { },
            Long,
            time,
            NullLogger.Instance
        );
        using var stop = new CancellationTokenSource();
        var running = reflector.RunAsync(stop.Token);

        // As a real server says it: no Status object, plain text.
        await (await api.NextListAsync()).AnswerAsync("404 page not found\n", HttpStatusCode.NotFound);
        await reflector.Synced.WaitAsync(Token);
        Assert.False(reflector.Served);
        Assert.Equal(TimeSpan.Zero, reflector.Age.Age);
        Assert.Empty(reflector.Now.Objects);

        await (await NextListAsync()).AnswerAsync(
            """
            {"kind":"PodDisruptionBudgetList","apiVersion":"policy/v1","metadata":{"resourceVersion":"10"},
             "items":[{"metadata":{"namespace":"default","name":"orders-voters","resourceVersion":"3"}}]}
            """
        );
        await Eventually.TrueAsync(() => reflector.Now.Objects.Count == 1, "listed", Token);
        Assert.True(reflector.Served);
        var watch = await api.NextWatchAsync();
        Assert.Equal("10", watch.Query["resourceVersion"]);

        // A server that starts has not read its definitions yet, and that costs nobody what is known.
        await watch.SendAsync("ERROR", """{"kind":"Status","code":410,"reason":"Expired","message":"too old"}""");
        watch.End();
        await (await api.NextListAsync()).AnswerAsync("404 page not found\n", HttpStatusCode.NotFound);
        await Eventually.TrueAsync(() => !reflector.Served, "not served", Token);
        Assert.Single(reflector.Now.Objects);
        await (await NextListAsync()).AnswerAsync("404 page not found\n", HttpStatusCode.NotFound);
        await Eventually.TrueAsync(() => reflector.Now.Objects.IsEmpty, "given up", Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        async Task<ScriptedApi.Exchange> NextListAsync()
        {
            // Not at each look: a request that is on its way when the clock moves is given up, and its answer never read.
            var looks = 0;
            await Eventually.TrueAsync(
                () =>
                {
                    if (looks++ % 50 == 0)
                    {
                        time.Advance(Between);
                    }

                    return api.Waiting > 0;
                },
                "asked again",
                Token
            );
            return await api.NextListAsync();
        }
    }

    [Fact]
    public async Task A_404_for_a_kind_that_every_server_has_is_a_fault()
    {
        await using var api = await ScriptedApi.StartAsync();
        using var connection = api.Open(Short);
        var reflector = new Reflector<V1ConfigMap>(
            connection.Reader,
            connection.Liveness,
            new(ApiResources.ConfigMaps),
            item => item,
            _ => { },
            Short,
            TimeProvider.System,
            NullLogger.Instance
        );
        using var stop = new CancellationTokenSource();
        var running = reflector.RunAsync(stop.Token);

        await (await api.NextListAsync()).AnswerAsync("404 page not found\n", HttpStatusCode.NotFound);
        await Eventually.TrueAsync(() => reflector.Age.Age >= Short, "stale", Token);
        Assert.False(reflector.Synced.IsCompleted);
        await api.NextListAsync();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
