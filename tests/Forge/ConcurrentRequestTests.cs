using System.Net;
using System.Net.Http.Headers;
using GitOpsOperator.Sync.Forges;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Forge.Tests;

/// <summary>Two requests that are under way at the same time: each is told what its own response said, whatever the other one
/// meets.</summary>
public sealed class ConcurrentRequestTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly HeldForge _forge = new();
    private readonly HttpMessageInvoker _http;

    public ConcurrentRequestTests() =>
        _http = new(
            new ForgeHttp(
                new()
                {
                    Kind = "any",
                    Api = new("https://forge.example/"),
                    Repository = "acme/clusters",
                    TokenFile = "unused",
                },
                "x-ratelimit-",
                _time,
                _forge
            )
        );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Each_is_told_its_own_reason_and_its_own_time(bool limitedFirst)
    {
        var limited = SendAsync("a");
        var refused = SendAsync("b");
        var limit = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new(TimeSpan.FromMinutes(2)) } };
        foreach (var (path, response) in Ordered(limitedFirst, ("/a", limit), ("/b", new(HttpStatusCode.Unauthorized))))
        {
            _forge.Answer(path, response);
            await Task.WhenAny(path == "/a" ? limited : refused);
        }

        var asked = await Assert.ThrowsAsync<ForgeException>(() => limited);
        var denied = await Assert.ThrowsAsync<ForgeException>(() => refused);
        Assert.Equal((ForgeErrorKind.RateLimited, Now.AddMinutes(2)), (asked.Kind, asked.RetryAt));
        Assert.Equal((ForgeErrorKind.Auth, Now.AddMinutes(1)), (denied.Kind, denied.RetryAt));
        Assert.Contains("less often", asked.Message, StringComparison.Ordinal);
        Assert.Contains("does not accept the token", denied.Message, StringComparison.Ordinal);

        // The next one meets the pause that ends later, whichever came first.
        var next = await Assert.ThrowsAsync<ForgeException>(() => SendAsync("c"));
        Assert.Equal((ForgeErrorKind.RateLimited, Now.AddMinutes(2)), (next.Kind, next.RetryAt));
    }

    [Fact]
    public async Task Failures_side_by_side_are_one_outage()
    {
        Task<string>[] both = [SendAsync("a"), SendAsync("b")];
        foreach (var path in (string[])["/a", "/b"])
        {
            _forge.Answer(path, new(HttpStatusCode.BadGateway));
        }

        foreach (var failed in both)
        {
            Assert.Equal(Now.AddSeconds(5), (await Assert.ThrowsAsync<ForgeException>(() => failed)).RetryAt);
        }

        // The one after it is the second, and waits longer.
        _time.Advance(TimeSpan.FromSeconds(5));
        var later = SendAsync("c");
        _forge.Answer("/c", new(HttpStatusCode.BadGateway));
        Assert.Equal(Now.AddSeconds(15), (await Assert.ThrowsAsync<ForgeException>(() => later)).RetryAt);
    }

    [Fact]
    public async Task A_confirmation_is_of_the_answer_that_this_request_knew()
    {
        var first = SendAsync("pulls");
        _forge.Answer("/pulls", Tagged("one", "\"1\""));
        Assert.Equal("one", await first);

        var confirmed = SendAsync("pulls");
        var confirmation = _forge.Take("/pulls");
        var replaced = SendAsync("pulls");
        _forge.Answer("/pulls", Tagged("two", "\"2\""));
        Assert.Equal("two", await replaced);
        confirmation.SetResult(new(HttpStatusCode.NotModified));

        Assert.Equal("one", await confirmed);
        var last = SendAsync("pulls");
        Assert.Equal("\"2\"", _forge.Sent("/pulls")[^1]?.Tag);
        _forge.Answer("/pulls", new(HttpStatusCode.NotModified));
        Assert.Equal("two", await last);
    }

    private static HttpResponseMessage Tagged(string content, string tag) =>
        new(HttpStatusCode.OK) { Content = new StringContent(content), Headers = { ETag = new(tag) } };

    private static IEnumerable<T> Ordered<T>(bool asGiven, params T[] values) => asGiven ? values : values.Reverse();

    private async Task<string> SendAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://forge.example/{path}"));
        using var response = await _http.SendAsync(request, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }

    /// <summary>Answers when it is told to, and not before.</summary>
    private sealed class HeldForge : HttpMessageHandler
    {
        private readonly Lock _lock = new();
        private readonly List<(string Path, TaskCompletionSource<HttpResponseMessage> Response)> _waiting = [];
        private readonly List<(string Path, EntityTagHeaderValue? Tag)> _sent = [];

        public void Answer(string path, HttpResponseMessage response) => Take(path).SetResult(response);

        public TaskCompletionSource<HttpResponseMessage> Take(string path)
        {
            lock (_lock)
            {
                var found = _waiting.First(waiting => waiting.Path == path);
                _waiting.Remove(found);
                return found.Response;
            }
        }

        public IReadOnlyList<EntityTagHeaderValue?> Sent(string path)
        {
            lock (_lock)
            {
                return [.. _sent.Where(sent => sent.Path == path).Select(sent => sent.Tag)];
            }
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                _waiting.Add((request.RequestUri!.AbsolutePath, response));
                _sent.Add((request.RequestUri.AbsolutePath, request.Headers.IfNoneMatch.FirstOrDefault()));
            }

            return response.Task.WaitAsync(cancellationToken);
        }
    }
}
