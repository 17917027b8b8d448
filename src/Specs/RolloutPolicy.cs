namespace GitOpsOperator.Specs;

/// <summary>For what running pods are restarted.</summary>
public enum RolloutPolicy
{
    /// <summary>For what git asks, and nothing else. Another version of this operator restarts nothing: how it renders the same wish is
    /// applied with the next one.</summary>
    OnChange,

    /// <summary>Also where this version of the operator renders the same wish differently.</summary>
    Always,
}
