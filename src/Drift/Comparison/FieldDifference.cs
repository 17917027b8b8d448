using System.Text.Json.Nodes;

namespace GitOpsOperator.Drift.Comparison;

/// <summary>A declared field whose live value means something else.</summary>
/// <param name="Git">Null where git says that nothing is to be there.</param>
/// <param name="Live">Null where nothing is there.</param>
public sealed record FieldDifference(FieldPath Path, JsonNode? Git, JsonNode? Live);
