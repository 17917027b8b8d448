namespace GitOpsOperator.Sandbox.Node;

/// <summary>How long a container that ended waits for its restart: the first time not at all, then doubling, as a kubelet has it.</summary>
internal sealed class RestartBackOff(TimeSpan first, TimeSpan most, TimeSpan forgottenAfter)
{
    private TimeSpan? _last;

    public TimeSpan Next(TimeSpan ran)
    {
        _last = _last switch
        {
            null => TimeSpan.Zero,
            _ when ran >= forgottenAfter => TimeSpan.Zero,
            { Ticks: 0 } => first,
            { } last => last * 2 < most ? last * 2 : most,
        };
        return _last.Value;
    }
}
