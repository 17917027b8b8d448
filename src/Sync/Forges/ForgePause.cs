using System.Globalization;

namespace GitOpsOperator.Sync.Forges;

/// <summary>Why, and until when, one response or the lack of one wants a forge to be left alone.</summary>
/// <param name="Failures">How many requests in a row have now failed by the forge's own doing; 0 where it named the time itself.</param>
internal sealed record ForgePause(ForgeErrorKind Kind, string Message, DateTimeOffset Until, int Failures)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(10);

    /// <summary>Less would let a forge that asks for nothing be asked at once again and again.</summary>
    private static readonly TimeSpan Min = TimeSpan.FromSeconds(1);

    /// <summary>No forge has a reason to ask for more, and a wrong clock must not silence us for a day.</summary>
    private static readonly TimeSpan Max = TimeSpan.FromHours(1);

    /// <summary>Forges lock an address out after several refused logins; a new token is noticed after this long.</summary>
    private static readonly TimeSpan AfterRefusedToken = TimeSpan.FromMinutes(1);

    /// <summary>Null where the response gives no reason for a pause.</summary>
    /// <param name="failures">In a row, should this be one.</param>
    public static ForgePause? After(HttpResponseMessage response, string host, string rateLimitHeaders, int failures, DateTimeOffset now)
    {
        var status = (int)response.StatusCode;
        return (status, Asked(response, rateLimitHeaders, now)) switch
        {
            (429 or 403, { } asked) => For(asked, ForgeErrorKind.RateLimited, $"{host} asks to be called less often"),
            (429, null) => For(Delay(failures), ForgeErrorKind.RateLimited, $"{host} asks to be called less often", failures),
            (401, _) => For(
                AfterRefusedToken,
                ForgeErrorKind.Auth,
                $"{host} does not accept the token: it is wrong, expired or revoked; write a valid one into the token file, it "
                    + "is used without a restart"
            ),
            (>= 500, { } asked) => For(asked, ForgeErrorKind.Server, Failed()),
            (>= 500, null) => For(Delay(failures), ForgeErrorKind.Server, Failed(), failures),
            _ => null,
        };

        string Failed() => $"{host} answered {status}, an error of its own; it is tried again by itself";

        ForgePause For(TimeSpan length, ForgeErrorKind kind, string message, int count = 0) =>
            new(
                kind,
                message,
                now
                    + (
                        length < Min ? Min
                        : length > Max ? Max
                        : length
                    ),
                count
            );
    }

    public static ForgePause Unanswered(string message, int failures, DateTimeOffset now) =>
        new(ForgeErrorKind.Unreachable, message, now + Delay(failures), failures);

    public ForgeException ToException(Exception? cause = null) => new(Kind, Message, Until, cause);

    private static TimeSpan Delay(int failures) =>
        TimeSpan.FromTicks(Math.Min(MaxDelay.Ticks, FirstDelay.Ticks << Math.Min(failures - 1, 20)));

    /// <summary>What the response asks for: Retry-After, else the time at which a spent allowance is renewed.</summary>
    private static TimeSpan? Asked(HttpResponseMessage response, string rateLimitHeaders, DateTimeOffset now)
    {
        if (response.Headers.RetryAfter is { } after)
        {
            return after.Delta ?? (after.Date - now);
        }

        return
            Header(response, rateLimitHeaders + "remaining") == 0
            && Header(response, rateLimitHeaders + "reset") is { } reset and > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(reset) - now
            : null;
    }

    private static long? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
