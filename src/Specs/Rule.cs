namespace GitOpsOperator.Specs;

/// <summary>Something that documents are held to.</summary>
/// <param name="Id">Stable kebab-case id, shown in brackets at the end of a finding.</param>
/// <param name="Meaning">One line for the documentation.</param>
public sealed record Rule(string Id, string Meaning);
