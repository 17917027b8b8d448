namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// Volumes of members that were replaced: what such a member has stored is given up only once the member in its place votes, so that a
/// replacement that does not come about has cost nothing.
/// </summary>
internal static class RetainedClaims
{
    /// <summary>What is only a volume that the record retains is no member any more.</summary>
    public static EtcdLive SetApart(EtcdLive live)
    {
        if (live.Record?.Retained is not { } retained)
        {
            return live.RetainedVolumes.IsEmpty ? live : live with { RetainedVolumes = [] };
        }

        var apart = live.Members.Where(member => IsVolumeAlone(member) && retained.Members.Any(volume => volume.IsOf(member))).ToArray();
        return live with
        {
            Members = live.Members.RemoveAll(apart.Contains),
            RetainedVolumes =
            [
                .. live
                    .RetainedVolumes.Where(kept => retained.Members.Any(volume => volume.Index == kept.Index))
                    .Concat(apart.Select(member => new RetainedVolumeLive(member.Index, member.Claim!)))
                    .DistinctBy(kept => kept.Index)
                    .OrderBy(kept => kept.Index),
            ],
        };
    }

    private static bool IsVolumeAlone(MemberLive member) =>
        member is { Entry: null, StatefulSet: null, Boot: null, Pod: null, Claim: not null };
}
