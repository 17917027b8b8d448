namespace GitOpsOperator.Operator.Commands;

/// <summary>A folder of its own for one command, gone afterwards.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gitops-operator-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
