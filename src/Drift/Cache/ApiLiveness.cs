using System.Net;

namespace GitOpsOperator.Drift.Cache;

/// <summary>When the API server has last answered anything, such as the renewal of a Lease. By monotonic time.</summary>
public sealed class ApiLiveness(TimeProvider time)
{
    private long _heardAt = time.GetTimestamp();

    public TimeSpan Silence => time.GetElapsedTime(Interlocked.Read(ref _heardAt));

    /// <summary>A server that says that something in it fails, such as its database, is not one whose word is fresh.</summary>
    public void Heard(HttpStatusCode code)
    {
        if (code < HttpStatusCode.InternalServerError)
        {
            Interlocked.Exchange(ref _heardAt, time.GetTimestamp());
        }
    }
}
