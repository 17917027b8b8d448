using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace GitOpsOperator.Drift.Cache;

/// <summary>What a network, a server or a broken answer throws.</summary>
public static class ApiErrors
{
    /// <summary>What may pass. An error of ours is not among it, and ends the program loudly.</summary>
    public static bool IsTransient(Exception error) =>
        error
            is ApiAnswerException
                or HttpRequestException
                or IOException
                or OperationCanceledException
                or JsonException
                or SocketException
                or TimeoutException;

    /// <summary>The version, or the token of the next page, is too old.</summary>
    public static bool IsExpired(Exception error) => error is ApiAnswerException { Code: HttpStatusCode.Gone };
}
