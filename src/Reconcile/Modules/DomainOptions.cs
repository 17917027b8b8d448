namespace GitOpsOperator.Reconcile.Modules;

/// <summary>A section of the operator's configuration.</summary>
/// <param name="Section">Its key at the root of the file.</param>
/// <param name="Values">An object whose properties are the options, with their defaults. The configuration is read into it.</param>
public sealed record DomainOptions(string Section, object Values);
