namespace GitOpsOperator.Specs;

/// <summary>One file as read from the repository, before anything is known about its content.</summary>
/// <param name="Path">Relative to the repository's root, with forward slashes.</param>
/// <param name="BlobId">Git's id of the content: the same id means the same bytes, so it keys the parse cache.</param>
public sealed record SourceFile(string Path, string BlobId, ReadOnlyMemory<byte> Content);
