using System.Collections.Concurrent;
using k8s;
using k8s.Autorest;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>Sees members' volumes go, and asks the other members at once whether they list whose volume it was.</summary>
internal sealed class VolumeWatch(IKubernetes client, ClusterSight sight, MemberAnswers answers, StormJournal journal, TimeProvider time)
{
    private const string Prefix = "data-" + DesiredCluster.Name + "-";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, bool> _byPerson = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<DeletedVolume> _deleted = new();
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>In their order.</summary>
    public IReadOnlyCollection<DeletedVolume> Deleted => _deleted;

    /// <summary>Whether the last look has seen the claim.</summary>
    public bool Has(string claim)
    {
        lock (_known)
        {
            return _known.ContainsKey(claim);
        }
    }

    /// <summary>What is deleted by hand is nobody's mistake but the person's.</summary>
    public void Expect(string claim) => _byPerson[claim] = true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await LookAsync(cancellationToken);
                await Task.Delay(Look, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        List<(string Claim, string Uid)> there;
        try
        {
            var claims = await client.CoreV1.ListNamespacedPersistentVolumeClaimAsync(
                ClusterSight.Namespace,
                cancellationToken: cancellationToken
            );
            there =
            [
                .. claims
                    .Items.Where(claim =>
                        claim.Metadata.Name.StartsWith(Prefix, StringComparison.Ordinal) && claim.Metadata.DeletionTimestamp is null
                    )
                    .Select(claim => (claim.Metadata.Name, claim.Metadata.Uid)),
            ];
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException)
        {
            return;
        }

        List<string> gone;
        lock (_known)
        {
            gone = [.. _known.Where(known => !there.Contains((known.Key, known.Value))).Select(known => known.Key)];
            gone.ForEach(claim => _known.Remove(claim));
            foreach (var (claim, uid) in there)
            {
                _known[claim] = uid;
            }
        }

        foreach (var claim in gone)
        {
            await NoteAsync(claim, cancellationToken);
        }
    }

    private async Task NoteAsync(string claim, CancellationToken cancellationToken)
    {
        var (at, member) = (time.GetUtcNow(), claim["data-".Length..^2]);
        var others = (await sight.MembersAsync(cancellationToken)).Where(one => one.Name != member && one.Address is not null).ToList();
        var lists = await Task.WhenAll(
            others.Select(async one => (one.Name, List: await answers.ListAsync(one.Address!, agreed: false, cancellationToken)))
        );
        var given = lists.Where(one => one.List is not null).ToList();
        var deleted = new DeletedVolume(
            claim,
            at,
            _byPerson.ContainsKey(claim),
            [.. given.Where(one => one.List!.Any(listed => IsOf(listed, member))).Select(one => one.Name)],
            given.Count,
            given.Select(one => one.List!.Count(listed => !listed.IsLearner)).DefaultIfEmpty(0).Max(),
            journal.Heard(member, 4)
        );
        _deleted.Enqueue(deleted);
        journal.Tell(
            $"volume {claim} deleted{(deleted.ByPerson ? " by hand" : "")}; listed by {deleted.ListedBy.Count} of "
                + $"{deleted.Answered} that answer"
        );
    }

    private static bool IsOf(Etcdserverpb.Member listed, string member) =>
        listed.Name == member || listed.PeerURLs.Any(url => url.StartsWith($"http://{member}-0.", StringComparison.Ordinal));
}
