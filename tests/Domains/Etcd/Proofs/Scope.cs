namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>What a walk goes through; the worlds of all of it at once would be too many.</summary>
/// <param name="Largest">Members at most.</param>
/// <param name="Versions">How many of <see cref="World.Versions"/> commits ask for.</param>
/// <param name="Resizing">Whether commits ask for other sizes too; if not, only <paramref name="Largest"/> is walked.</param>
/// <param name="Faults">How many things go wrong before all is well again.</param>
internal sealed record Scope(int Largest, int Versions, bool Resizing, int Faults = 1);
