using System.Globalization;

namespace GitOpsOperator.Sync.Forges;

/// <summary>Until when a forge is left alone, because it asked for it or because it fails.</summary>
internal sealed class ForgeRest(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>No forge has a reason to ask for more, and a wrong clock must not silence us for a day.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    /// <summary>GitHub locks an address out after several refused logins; a new token is noticed after this long.</summary>
    private static readonly TimeSpan AfterRefusedToken = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private DateTimeOffset _until = DateTimeOffset.MinValue;
    private (ForgeFaultKind Kind, string Why) _reason;
    private int _faults;

    /// <exception cref="ForgeException">It is not yet time; nothing is sent.</exception>
    public void ThrowIfResting()
    {
        lock (_lock)
        {
            if (time.GetUtcNow() < _until)
            {
                throw new ForgeException(_reason.Kind, _reason.Why, _until);
            }
        }
    }

    /// <summary>Reads from an answer whether, and for how long, to be quiet.</summary>
    /// <exception cref="ForgeException">The forge wants rest, or fails.</exception>
    public void Judge(HttpResponseMessage response, string host)
    {
        var asked = Asked(response);
        var until = (int)response.StatusCode switch
        {
            429 => Rest(asked ?? After(++_faults), ForgeFaultKind.RateLimited, $"{host} asks to be called less often"),
            403 when asked is not null => Rest(asked.Value, ForgeFaultKind.RateLimited, $"{host} asks to be called less often"),
            401 => Rest(AfterRefusedToken, ForgeFaultKind.Auth, $"{host} does not accept the token: it is wrong, expired or revoked; write a valid one into the token file, it is used without a restart"),
            >= 500 => Rest(asked ?? After(++_faults), ForgeFaultKind.Server, $"{host} answered {(int)response.StatusCode}, a fault of its own; it is tried again by itself"),
            _ => (DateTimeOffset?)null,
        };
        if (until is not null)
        {
            throw new ForgeException(_reason.Kind, _reason.Why, until);
        }

        if ((int)response.StatusCode < 400)
        {
            _faults = 0;
        }
    }

    /// <summary>A request came to nothing.</summary>
    public DateTimeOffset AfterFault() => Rest(After(++_faults), ForgeFaultKind.Unreachable, "the forge did not answer a moment ago; it is tried again by itself");

    private static TimeSpan After(int faults) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(faults - 1, 20)));

    private DateTimeOffset Rest(TimeSpan length, ForgeFaultKind kind, string why)
    {
        lock (_lock)
        {
            var until = time.GetUtcNow() + (length < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : length > LongestAsked ? LongestAsked : length);
            _until = until > _until ? until : _until;
            _reason = (kind, why);
            return _until;
        }
    }

    /// <summary>What the answer asks for: Retry-After, else the time at which a spent allowance is renewed.</summary>
    private TimeSpan? Asked(HttpResponseMessage response)
    {
        var now = time.GetUtcNow();
        if (response.Headers.RetryAfter is { } after)
        {
            return after.Delta ?? (after.Date - now);
        }

        return Header(response, "x-ratelimit-remaining") == 0 && Header(response, "x-ratelimit-reset") is { } reset and > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(reset) - now
            : null;
    }

    private static long? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
