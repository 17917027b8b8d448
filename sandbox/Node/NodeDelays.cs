namespace GitOpsOperator.Sandbox.Node;

/// <summary>In what one node is slow, as Kubernetes is; it may change at any time, and holds for what begins from then on.</summary>
internal sealed class NodeDelays
{
    private volatile DelayRange _start = DelayRange.None;
    private volatile DelayRange _storage = DelayRange.None;
    private volatile DelayRange _silence = DelayRange.None;

    /// <summary>Between a pod that is given to the node and its first container: images are pulled, volumes attached.</summary>
    public DelayRange Start
    {
        get => _start;
        set => _start = value;
    }

    /// <summary>Until a new claim has its volume.</summary>
    public DelayRange Storage
    {
        get => _storage;
        set => _storage = value;
    }

    /// <summary>For how long the address of a pod that has ended takes packets and answers none, before nobody has it.</summary>
    public DelayRange Silence
    {
        get => _silence;
        set => _silence = value;
    }
}
