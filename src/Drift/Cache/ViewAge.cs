namespace GitOpsOperator.Drift.Cache;

/// <summary>How old what is known of a kind may be, and why it is not younger.</summary>
/// <param name="Reason">Null while its watches are open and the server answers.</param>
public sealed record ViewAge(string Kind, TimeSpan Age, string? Reason)
{
    public override string ToString() =>
        $"what is known of {Kind} may be {Age.TotalSeconds:0} s old: {Reason ?? "the API server has not answered since"}";
}

/// <summary>Nothing may be decided on what is known, since Kubernetes has not answered for too long.</summary>
public sealed class StaleViewException(ViewAge age)
    : Exception($"Kubernetes cannot be watched: {age}. Nothing is done until it answers again.")
{
    public ViewAge Age { get; } = age;
}
