using GitOpsOperator.Domains.Etcd.Live;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>What is said of members that do not run: by their nodes, by Kubernetes and by themselves.</summary>
internal static class MemberCircumstances
{
    /// <summary>What keeps members from running, as far as their nodes and their own last words tell; empty where they do not.</summary>
    public static string Circumstances(IReadOnlyList<MemberLive> members) =>
        string.Concat(members.Select(MemberHealth.Hindrance).OfType<string>().Distinct().Take(3).Select(reason => $"; {reason}"))
        + LastWords(members);

    public static string LastWords(IEnumerable<MemberLive> members) =>
        string.Concat(
            members.Select(m => FatalLine(m.Pod?.TerminationMessage)).OfType<string>().Take(1).Select(line => $"; last words: {line}")
        );

    /// <summary>
    /// The line that says why, among the last of a log: etcd marks it as fatal or panic. Cut, since what a container says has no bound.
    /// </summary>
    public static string? FatalLine(string? log)
    {
        const int Longest = 400;
        var lines = (log ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line =
            lines.LastOrDefault(l => l.Contains("\"fatal\"", StringComparison.Ordinal) || l.Contains("panic", StringComparison.Ordinal))
            ?? lines.LastOrDefault();

        // Where in etcd's own code it happened tells its makers something, and people here nothing.
        line =
            line is not null && line.IndexOf(",\"stacktrace\"", StringComparison.Ordinal) is > 0 and var stack
                ? $"{line[..stack]}}}"
                : line;
        return line is { Length: > Longest } ? line[..Longest] + "…" : line;
    }
}
