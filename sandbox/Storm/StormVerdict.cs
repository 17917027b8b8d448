using GitOpsOperator.Sandbox.History;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>What came of a storm.</summary>
/// <param name="Lost">Numbers of acknowledged writes that are not there any more; null where nothing could be read.</param>
/// <param name="WriterEnded">What the writer said when it ended before its time, which it does only when it saw something
/// impossible.</param>
/// <param name="Converged">Null where the cluster is as git says; else what is in the way.</param>
internal sealed record StormVerdict(
    PutHistory Puts,
    IReadOnlyList<long>? Lost,
    int Answered,
    RegisterResult Registers,
    string? WriterEnded,
    IReadOnlyCollection<DeletedVolume> Volumes,
    string? Converged
)
{
    /// <summary>Nothing was lost, nothing is inexplicable, and no volume was deleted whose member a quorum of the others listed.</summary>
    public bool Holds =>
        Lost is { Count: 0 } && Registers.Inexplicable.IsEmpty && WriterEnded is null && !Volumes.Any(volume => volume.OfListedMember);
}
