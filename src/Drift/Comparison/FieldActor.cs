namespace GitOpsOperator.Drift.Comparison;

/// <summary>Who owns a field, as <c>metadata.managedFields</c> has it; nothing in it is inferred.</summary>
/// <param name="Operation"><c>Apply</c> or <c>Update</c>.</param>
/// <param name="Time">When that manager last changed the fields it owns; null where the API server has not noted it.</param>
public sealed record FieldActor(string Manager, string Operation, DateTimeOffset? Time);
