using System.Collections.Immutable;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>One line of the gate's verdict.</summary>
/// <param name="Id">Stable kebab-case id.</param>
/// <param name="Passes">By itself and soon: the planner waits rather than reporting a blocker.</param>
/// <param name="Says">What was found, as a sentence without a full stop.</param>
public sealed record GateCheck(string Id, bool Ok, bool Passes, string Says)
{
    public override string ToString() => $"{(Ok ? "ok  " : "stop")} {Id}: {Says}";
}

/// <summary>What the gate found for one step, check by check, so that a refusal can be explained line by line.</summary>
public sealed record GateResult(ImmutableArray<GateCheck> Checks)
{
    public bool Open => Checks.All(c => c.Ok);

    public GateCheck? FirstBlocker => Checks.FirstOrDefault(c => !c.Ok && !c.Passes) ?? Checks.FirstOrDefault(c => !c.Ok);
}
