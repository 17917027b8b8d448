using System.Net;

namespace GitOpsOperator.Drift.Cache;

/// <summary>The API server has answered that it does not do what was asked.</summary>
public sealed class ApiAnswerException(HttpStatusCode code, string message) : Exception(message)
{
    public HttpStatusCode Code { get; } = code;
}
