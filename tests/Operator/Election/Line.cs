namespace GitOpsOperator.Operator.Tests.Election;

/// <summary>One contender's line to the API server, which can be cut, and which counts what went through.</summary>
internal sealed class Line : DelegatingHandler
{
    private int _writes;

    public bool Cut { get; set; }

    /// <summary>Calls are sent and never answered.</summary>
    public bool Silent { get; set; }

    /// <summary>The next answer to a write is lost on its way back.</summary>
    public bool LoseNextAnswer { get; set; }

    /// <summary>Writes that reached the server.</summary>
    public int Writes => _writes;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Silent)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        if (Cut)
        {
            throw new HttpRequestException("the line is cut");
        }

        var answer = await base.SendAsync(request, cancellationToken);
        if (request.Method != HttpMethod.Get)
        {
            Interlocked.Increment(ref _writes);
            if (LoseNextAnswer)
            {
                LoseNextAnswer = false;
                answer.Dispose();
                throw new HttpRequestException("the answer is lost");
            }
        }

        return answer;
    }
}
