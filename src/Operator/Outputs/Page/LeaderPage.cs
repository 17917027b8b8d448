using System.Net;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.Operator.Outputs.Page;

/// <summary>
/// The page of the active replica, fetched by a standby: a Service asks any of them, and only the active one knows clusters
/// and repositories. Best effort: where it does not come, the replica that was asked says who acts.
/// </summary>
internal sealed class LeaderPage : IDisposable
{
    /// <summary>
    /// Marks what a replica asks for another's sake, so that two that take each other for the leader do not ask for ever.
    /// </summary>
    private const string Marker = "X-GitOps-Operator-Standby";

    private const int MaxBytes = 16 << 20;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public LeaderPage(TimeProvider time)
    {
        _time = time;
        _client = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = Deadline,
            }
        )
        {
            MaxResponseContentBufferSize = MaxBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.Add(Marker, "1");
    }

    /// <returns>The page, or that the leader has none of this path; null where it could not be asked.</returns>
    public async Task<(bool Found, byte[] Body)?> FetchAsync(Uri leader, HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Headers.ContainsKey(Marker))
        {
            return null;
        }

        using var limit = new CancellationTokenSource(Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var answer = await _client.GetAsync(new Uri(leader, request.Path.ToUriComponent()), either.Token);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound
                ? (answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsByteArrayAsync(either.Token))
                : null;
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException
                || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            // On its way out, or out of reach: what this replica itself knows is shown instead.
            return null;
        }
    }

    public void Dispose() => _client.Dispose();
}
