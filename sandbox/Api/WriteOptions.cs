namespace GitOpsOperator.Sandbox.Api;

/// <summary>How a write was asked for.</summary>
/// <param name="Manager">fieldManager, or the program's name from its User-Agent.</param>
/// <param name="Subresource">"" or "status", "scale".</param>
internal sealed record WriteOptions(
    string Manager,
    string Subresource = "",
    bool DryRun = false,
    bool Force = false,
    FieldValidation Validation = FieldValidation.Ignore
);

internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}

/// <param name="Warnings">For the Warning header.</param>
internal sealed record WriteResult(StoredObject Object, bool Created, IReadOnlyList<string> Warnings);
