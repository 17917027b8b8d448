using System.Collections.Immutable;
using GitOpsOperator.Operator.State;

namespace GitOpsOperator.Operator.Outputs.StatusBranch;

/// <summary>
/// Which life of each cluster the status branch names, as <c>uid</c> of its status file. A cluster that was there, and of which Kubernetes
/// has nothing any more, is lost and not new: only git still knows. What cannot be read says nothing.
/// </summary>
internal static class WrittenUids
{
    private const string Cluster = "cluster: ";
    private const string Uid = "uid: ";

    /// <param name="files">The folder <c>status</c> of the branch, content by path.</param>
    public static KnownUids In(IEnumerable<KeyValuePair<string, string>> files) =>
        new(
            files
                .Where(file => file.Key.EndsWith(".yaml", StringComparison.Ordinal))
                .Select(file => (Cluster: Value(file.Value, Cluster), Uid: Value(file.Value, Uid)))
                .Where(written => written is { Cluster: not null, Uid: not null })
                .DistinctBy(written => written.Cluster)
                .ToImmutableDictionary(written => written.Cluster!, written => written.Uid!, StringComparer.Ordinal)
        );

    /// <summary>Both are names that need no quotes, at the file's top level, as they are written.</summary>
    private static string? Value(string content, string key)
    {
        foreach (var line in content.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
            {
                return line[key.Length..].Trim().Trim('"').Trim('\'') is { Length: > 0 and <= 300 } value ? value.ToString() : null;
            }
        }

        return null;
    }
}
