using GitOpsOperator.Sandbox.Api;
using k8s;
using k8s.Models;
using static GitOpsOperator.Sandbox.Tests.Api.Samples;

namespace GitOpsOperator.Sandbox.Tests.Api;

/// <summary>Writes that stand still: what the effect of one is while its sender waits.</summary>
public sealed class HoldTests : IAsyncLifetime
{
    private const string Held = "configmaps/a";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private ApiServer _server = null!;
    private Kubernetes _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync(new ApiServerOptions(), Ct);
        _client = new Kubernetes(_server.ClientConfiguration());
        await _client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a", ("k", "old")), "default", cancellationToken: Ct);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(HoldPoint.Before, "old")]
    [InlineData(HoldPoint.After, "new")]
    public async Task A_held_write_has_no_answer_and_the_effect_that_was_asked_for_until_it_is_released(HoldPoint point, string seen)
    {
        using var hold = _server.Holds.Next(point, Held);
        var writing = WriteAsync("new", Ct);
        await hold.Held.WaitAsync(Deadline, Ct);
        Assert.Equal(seen, await ReadAsync());
        Assert.False(writing.IsCompleted);

        hold.Dispose();
        Assert.Equal("new", (await writing.WaitAsync(Deadline, Ct)).Data["k"]);
        Assert.Equal("new", await ReadAsync());
    }

    [Fact]
    public async Task Only_the_first_write_is_held_and_only_of_what_was_named()
    {
        using var hold = _server.Holds.Next(HoldPoint.After, Held);
        await _client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("aa"), "default", cancellationToken: Ct);
        await _client
            .CoreV1.ReplaceNamespacedConfigMapAsync(ConfigMap("aa", ("k", "v")), "aa", "default", cancellationToken: Ct)
            .WaitAsync(Deadline, Ct);
        Assert.False(hold.Held.IsCompleted);

        var first = WriteAsync("first", Ct);
        await hold.Held.WaitAsync(Deadline, Ct);
        await WriteAsync("second", Ct).WaitAsync(Deadline, Ct);
        Assert.False(first.IsCompleted);
        hold.Dispose();
        await first.WaitAsync(Deadline, Ct);
    }

    [Fact]
    public async Task A_write_whose_sender_goes_away_before_it_takes_effect_never_does()
    {
        using var hold = _server.Holds.Next(HoldPoint.Before, Held);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var writing = WriteAsync("new", leaving.Token);
        await hold.Held.WaitAsync(Deadline, Ct);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Deadline, Ct));

        await WriteAsync("later", Ct);
        hold.Dispose();
        Assert.Equal("later", await ReadAsync());
    }

    private Task<V1ConfigMap> WriteAsync(string value, CancellationToken cancellationToken) =>
        _client.CoreV1.ReplaceNamespacedConfigMapAsync(ConfigMap("a", ("k", value)), "a", "default", cancellationToken: cancellationToken);

    private async Task<string> ReadAsync() =>
        (await _client.CoreV1.ReadNamespacedConfigMapAsync("a", "default", cancellationToken: Ct)).Data["k"];
}
