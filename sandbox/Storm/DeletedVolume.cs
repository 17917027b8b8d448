namespace GitOpsOperator.Sandbox.Storm;

/// <summary>A volume of a member that was deleted, and what was so at that moment.</summary>
/// <param name="ByPerson">Whoever plays the person did it.</param>
/// <param name="ListedBy">Other members that still listed its member.</param>
/// <param name="Answered">Other members that answered.</param>
/// <param name="Voters">Of the largest list that was given.</param>
/// <param name="Words">What the operator said of it.</param>
internal sealed record DeletedVolume(
    string Claim,
    DateTimeOffset At,
    bool ByPerson,
    IReadOnlyList<string> ListedBy,
    int Answered,
    int Voters,
    IReadOnlyList<string> Words
)
{
    /// <summary>A quorum of the others still had its member, so it may have held what nobody else has.</summary>
    public bool OfListedMember => !ByPerson && Voters > 0 && ListedBy.Count >= (Voters / 2) + 1;

    /// <summary>Too few answered to say.</summary>
    public bool Unclear => !ByPerson && !OfListedMember && Answered - ListedBy.Count < (Voters / 2) + 1 && ListedBy.Count > 0;
}
