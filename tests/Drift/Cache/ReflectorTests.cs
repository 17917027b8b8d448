using System.Collections.Concurrent;
using System.Net;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.TestKit;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Drift.Tests.Cache;

public sealed class ReflectorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_lists_once_and_then_follows_the_watch()
    {
        await using var world = await World.StartAsync();
        await (await world.Api.NextListAsync()).AnswerAsync(List("10", Item("a", "3"), Item("b", "4")));
        var watch = await world.Api.NextWatchAsync();
        Assert.Equal("10", watch.Query["resourceVersion"]);
        Assert.Equal("true", watch.Query["allowWatchBookmarks"]);
        await world.Reflector.Synced.WaitAsync(Token);

        await watch.SendAsync("MODIFIED", Item("a", "11"));
        await watch.SendAsync("DELETED", Item("b", "12"));
        await watch.SendAsync("ADDED", Item("c", "13"));
        await world.WaitAsync("a@11", "c@13");
        await world.WaitChangedAsync("a", "a", "b", "b", "c");
        world.AssertFresh();
        Assert.Equal(0, world.Api.Waiting);
    }

    [Fact]
    public async Task A_long_list_comes_in_pages_and_nothing_is_shown_before_the_last()
    {
        await using var world = await World.StartAsync();
        var first = await world.Api.NextListAsync();
        Assert.Equal("40", first.Query["limit"]);
        await first.AnswerAsync(FirstPage(Item("a", "3")));
        var second = await world.Api.NextListAsync();
        Assert.Equal("more", second.Query["continue"]);
        Assert.False(world.Reflector.Synced.IsCompleted);
        Assert.Empty(world.Reflector.Now.Objects);

        await second.AnswerAsync(List("10", Item("b", "4")));
        await world.WaitAsync("a@3", "b@4");
    }

    [Fact]
    public async Task A_watch_that_ends_or_breaks_is_taken_up_from_the_last_version_that_a_bookmark_told()
    {
        await using var world = await World.StartAsync();
        await (await world.Api.NextListAsync()).AnswerAsync(List("10", Item("a", "3")));
        var watch = await world.Api.NextWatchAsync();
        await watch.SendAsync("BOOKMARK", Item("", "40"));
        watch.End();

        watch = await world.Api.NextWatchAsync();
        Assert.Equal("40", watch.Query["resourceVersion"]);
        await watch.SendAsync("MODIFIED", Item("a", "41"));
        await world.WaitAsync("a@41");
        watch.Break();

        watch = await world.Api.NextWatchAsync();
        Assert.Equal("41", watch.Query["resourceVersion"]);
        world.AssertFresh();
    }

    [Fact]
    public async Task Watches_that_end_without_a_word_are_taken_up_and_no_failure()
    {
        await using var world = await World.StartAsync();
        await (await world.Api.NextListAsync()).AnswerAsync(List("10", Item("a", "3")));
        for (var quiet = 0; quiet < 3; quiet++)
        {
            (await world.Api.NextWatchAsync()).End();
        }

        Assert.Equal("10", (await world.Api.NextWatchAsync()).Query["resourceVersion"]);
        world.AssertFresh();
    }

    [Fact]
    public async Task An_expired_watch_is_replaced_by_a_list_and_what_went_unseen_is_announced()
    {
        await using var world = await World.StartAsync();
        await (await world.Api.NextListAsync()).AnswerAsync(List("10", Item("a", "3"), Item("b", "4")));
        var watch = await world.Api.NextWatchAsync();
        await watch.SendAsync("ERROR", Expired);
        await (await world.Api.NextListAsync()).AnswerAsync(List("90", Item("a", "3"), Item("c", "80")));
        await world.WaitAsync("a@3", "c@80");
        await world.WaitChangedAsync("a", "b", "b", "c");

        watch = await world.Api.NextWatchAsync();
        Assert.Equal("90", watch.Query["resourceVersion"]);
        await watch.AnswerAsync(Expired, HttpStatusCode.Gone);
        await (await world.Api.NextListAsync()).AnswerAsync(List("95"));
        await world.WaitAsync();
        world.AssertFresh();
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_is_a_failure_and_not_skipped()
    {
        await using var world = await World.StartAsync();
        await (await world.Api.NextListAsync()).AnswerAsync(List("10"));
        var watch = await world.Api.NextWatchAsync();
        await watch.SendAsync("ADDED", Item("a", "11"));
        await watch.SendAsync("ADDED", "garbage");
        watch = await world.Api.NextWatchAsync();
        Assert.Equal("11", watch.Query["resourceVersion"]);
    }

    [Fact]
    public async Task A_server_that_is_gone_makes_the_copy_stale_until_it_has_been_listed_again()
    {
        await using var world = await World.StartAsync(MaxAge);
        var port = world.Api.Url.Port;
        await (await world.Api.NextListAsync()).AnswerAsync(List("10", Item("a", "3")));
        await world.Api.NextWatchAsync();
        await world.Api.DisposeAsync();
        await world.WaitStaleAsync();
        Assert.Equal("ConfigMap in default", world.Reflector.Age.Kind);
        Assert.NotNull(world.Reflector.Age.Reason);
        await world.WaitAsync("a@3");

        await using var again = await ScriptedApi.StartAsync(port);
        await (await again.NextListAsync()).AnswerAsync(List("20", Item("b", "15")));
        await world.WaitAsync("b@15");
        world.AssertFresh();
    }

    [Fact]
    public async Task A_refused_first_list_is_stale_and_not_synced()
    {
        await using var world = await World.StartAsync(MaxAge);
        await (await world.Api.NextListAsync()).AnswerAsync("""{"kind":"Status","message":"no"}""", HttpStatusCode.Forbidden);
        await world.WaitStaleAsync();
        Assert.False(world.Reflector.Synced.IsCompleted);
        await (await world.Api.NextListAsync()).AnswerAsync(List("20"));
        await world.Reflector.Synced.WaitAsync(Token);
    }

    [Fact]
    public async Task A_list_that_the_server_has_forgotten_in_the_middle_begins_anew()
    {
        await using var world = await World.StartAsync();
        await (await world.Api.NextListAsync()).AnswerAsync(FirstPage(Item("gone-meanwhile", "3")));
        var second = await world.Api.NextListAsync();
        Assert.Equal("more", second.Query["continue"]);
        await second.AnswerAsync(Expired, HttpStatusCode.Gone);

        var again = await world.Api.NextListAsync();
        Assert.False(again.Query.ContainsKey("continue"));
        Assert.Empty(world.Reflector.Now.Objects);
        await again.AnswerAsync(List("20", Item("a", "15")));
        await world.WaitAsync("a@15");
    }

    [Fact]
    public async Task A_watch_over_a_connection_that_is_not_pinged_is_asked_to_end_before_its_silence_would_make_the_view_too_old()
    {
        await using var world = await World.StartAsync(MaxAge);
        await (await world.Api.NextListAsync()).AnswerAsync(List("10", Item("a", "3")));
        var watch = await world.Api.NextWatchAsync();
        Assert.Equal("1", watch.Query["timeoutSeconds"]);
        await watch.SendAsync("BOOKMARK", Item("", "40"));

        // One that falls silent all the same is given up, and what comes next makes the view fresh again.
        var next = await world.Api.NextWatchAsync();
        Assert.Equal("40", next.Query["resourceVersion"]);
        await next.SendAsync("MODIFIED", Item("a", "41"));
        await world.WaitAsync("a@41");
        Assert.True(world.Reflector.Age.Age < MaxAge);
    }

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    private const string Expired =
        """{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410,"message":"too old"}""";

    private static string Item(string name, string version) =>
        $$$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"namespace":"default","name":"{{{name}}}","""
        + $$$""" "resourceVersion":"{{{version}}}"}}""";

    private static string FirstPage(string item) =>
        $$"""{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"10","continue":"more"},"items":[{{item}}]}""";

    private static string List(string version, params string[] items) =>
        $$"""{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}"},"items":["""
        + $$"""{{string.Join(',', items)}}]}""";

    private sealed class World : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentQueue<string> _changed = [];
        private readonly ApiConnection _connection;
        private readonly TimeSpan _maxAge;
        private readonly Task _running;

        private World(ScriptedApi api, TimeSpan maxAge)
        {
            (Api, _maxAge) = (api, maxAge);
            _connection = Api.Open(maxAge);
            Reflector = new(
                _connection.Reader,
                _connection.Liveness,
                new(ApiResources.ConfigMaps, "default"),
                item => item,
                item => _changed.Enqueue(item.Metadata.Name),
                maxAge,
                TimeProvider.System,
                NullLogger.Instance
            );
            _running = Reflector.RunAsync(_stop.Token);
        }

        public ScriptedApi Api { get; }

        public Reflector<V1ConfigMap> Reflector { get; }

        /// <param name="maxAge">Null: long enough that nothing becomes too old in a test.</param>
        public static async Task<World> StartAsync(TimeSpan? maxAge = null) =>
            new(await ScriptedApi.StartAsync(), maxAge ?? TimeSpan.FromMinutes(1));

        public void AssertFresh() => Assert.True(Reflector.Age.Age < _maxAge, Reflector.Age.ToString());

        public Task WaitStaleAsync() => Eventually.TrueAsync(() => Reflector.Age.Age >= _maxAge, "stale", Token);

        /// <summary>The copy has an object before its change is announced. The objects of one list come in any order.</summary>
        public Task WaitChangedAsync(params string[] expected) =>
            Eventually.TrueAsync(
                () => _changed.Order().SequenceEqual(expected),
                $"{string.Join(',', _changed)} is {string.Join(',', expected)}",
                Token
            );

        public Task WaitAsync(params string[] expected) =>
            Eventually.TrueAsync(
                () =>
                    Reflector
                        .Now.Objects.Values.Select(item => $"{item.Metadata.Name}@{item.Metadata.ResourceVersion}")
                        .Order()
                        .SequenceEqual(expected),
                string.Join(',', expected),
                Token
            );

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                _running.WaitAsync(TimeSpan.FromSeconds(20), CancellationToken.None)
            );
            await Api.DisposeAsync();
            _connection.Dispose();
            _stop.Dispose();
        }
    }
}
