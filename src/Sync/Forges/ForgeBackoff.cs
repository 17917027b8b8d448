namespace GitOpsOperator.Sync.Forges;

/// <summary>
/// Until when a forge is left alone, because it asked for it or because it fails. Requests run side by side, so what one of them is
/// answered comes from its own response (<see cref="ForgePause"/>); shared is only whether the next one is sent.
/// </summary>
internal sealed class ForgeBackoff(TimeProvider time)
{
    private readonly Lock _lock = new();
    private ForgePause? _pause;
    private int _failures;

    /// <summary>To be called before a request is sent.</summary>
    /// <returns>How many requests in a row have failed should this one fail, too: those sent side by side count as one.</returns>
    /// <exception cref="ForgeException">It is not yet time; nothing is to be sent.</exception>
    public int Begin()
    {
        lock (_lock)
        {
            return _pause is { } pause && time.GetUtcNow() < pause.Until ? throw pause.ToException() : _failures + 1;
        }
    }

    /// <summary>Of two pauses the one that ends later holds.</summary>
    public void Keep(ForgePause pause)
    {
        lock (_lock)
        {
            _failures = Math.Max(_failures, pause.Failures);
            _pause = _pause?.Until > pause.Until ? _pause : pause;
        }
    }

    public void Succeeded()
    {
        lock (_lock)
        {
            _failures = 0;
        }
    }
}
