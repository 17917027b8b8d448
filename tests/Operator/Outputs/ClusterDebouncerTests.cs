using GitOpsOperator.Operator.Outputs;
using GitOpsOperator.Specs;
using GitOpsOperator.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Operator.Tests.Outputs;

public sealed class ClusterDebouncerTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly ClusterDebouncer _debouncer;

    public ClusterDebouncerTests() => _debouncer = new(Window, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_within_a_window_is_answered_at_once_and_each_cluster_is_told_once()
    {
        _debouncer.Notify(Of("a"));
        var waiting = _debouncer.WaitAsync(Token);
        _time.Advance(Window / 2);
        _debouncer.Notify(Of("b"));
        _debouncer.Notify(Of("a"));
        Assert.False(waiting.IsCompleted);
        _time.Advance(Window / 2);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Token);

        Assert.Equal([Of("a"), Of("b")], _debouncer.Take().Clusters);
        Assert.Empty(_debouncer.Take().Clusters);
        Assert.False(_debouncer.WaitAsync(Token).IsCompleted);
    }

    [Fact]
    public async Task What_comes_while_something_is_answered_is_answered_next()
    {
        _debouncer.Notify(Of("a"));
        await PassAsync();
        Assert.Equal([Of("a")], _debouncer.Take().Clusters);
        _debouncer.Notify(Of("b"));

        await PassAsync();
        Assert.Equal([Of("b")], _debouncer.Take().Clusters);
    }

    [Fact]
    public async Task What_could_not_be_answered_comes_back_with_the_next_news_and_wakes_nobody_by_itself()
    {
        _debouncer.Notify(Of("a"));
        await PassAsync();
        _debouncer.Defer(_debouncer.Take().Clusters);
        var waiting = _debouncer.WaitAsync(Token);
        _time.Advance(Window);
        Assert.False(waiting.IsCompleted);
        _debouncer.Notify();

        // The window begins on another thread, at a moment that the test does not see.
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(Window);
                return waiting.IsCompleted;
            },
            "the window is over",
            Token
        );
        await waiting;

        Assert.Equal([Of("a")], _debouncer.Take().Clusters);
    }

    private async Task PassAsync()
    {
        var waiting = _debouncer.WaitAsync(Token);
        _time.Advance(Window);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    private static ClusterKey Of(string name) => new("etcd", "default", name);
}
