using System.Globalization;
using System.Text.RegularExpressions;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// Elections as the members themselves count them. The counters are in memory and members are restarted one after the other, so the
/// count is handed on from one that is about to go to one that survives it.
/// </summary>
internal sealed partial class LeaderChanges
{
    private readonly List<Dictionary<string, double>> _looks = [];

    public int Looks => _looks.Count;

    /// <param name="answers">What each member's /metrics said; a member that did not answer is left out.</param>
    public void Add(IReadOnlyDictionary<string, string> answers)
    {
        var look = new Dictionary<string, double>();
        foreach (var (member, text) in answers)
        {
            if (ProcessStart().Match(text) is { Success: true } start && Changes().Match(text) is { Success: true } changes)
            {
                look[$"{member} started at {start.Groups[1].Value}"] = double.Parse(
                    changes.Groups[1].ValueSpan,
                    CultureInfo.InvariantCulture
                );
            }
        }

        if (look.Count > 0)
        {
            _looks.Add(look);
        }
    }

    /// <summary>Leaders that have come since the first look; null where nobody was there from one look to the next to tell.</summary>
    public int? Elections()
    {
        var elections = 0.0;
        var at = 0;
        while (at < _looks.Count - 1)
        {
            var (process, last) = _looks[at]
                .Keys.Select(process => (process, Last: _looks.FindLastIndex(look => look.ContainsKey(process))))
                .MaxBy(seen => seen.Last);
            if (last == at)
            {
                return null;
            }

            elections += _looks[last][process] - _looks[at][process];
            at = last;
        }

        return (int)elections;
    }

    [GeneratedRegex(@"^process_start_time_seconds (\S+)", RegexOptions.Multiline)]
    private static partial Regex ProcessStart();

    [GeneratedRegex(@"^etcd_server_leader_changes_seen_total (\S+)", RegexOptions.Multiline)]
    private static partial Regex Changes();
}
