using System.Text;
using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Status;

/// <summary>
/// Builds the commit in the object database. A pure function of the tip, the files and the source commit: after a lost race
/// the same is built on the new tip, and there is never anything to merge.
/// </summary>
internal static class StatusCommitBuilder
{
    private const int MaxSubjectLength = 120;

    /// <summary>Null when the tip's tree is already the desired one.</summary>
    public static Commit? Build(Repository repository, Commit? tip, StatusCommit status)
    {
        var tree = BuildTree(repository, tip, status);
        if (tip?.Tree.Id == tree.Id)
        {
            return null;
        }

        var who = new Signature("gitops-operator", "gitops-operator@noreply.invalid", Time(tip, status));
        return repository.ObjectDatabase.CreateCommit(who, who, Message(status), tree, tip is null ? [] : [tip], prettifyMessage: false);
    }

    private static Tree BuildTree(Repository repository, Commit? tip, StatusCommit status)
    {
        var definition = tip is null ? new TreeDefinition() : TreeDefinition.From(tip.Tree);
        foreach (var folder in status.Owned)
        {
            definition.Remove(folder);
        }

        foreach (var (path, content) in status.Files)
        {
            using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(content), writable: false);
            definition.Add(path, repository.ObjectDatabase.CreateBlob(bytes), Mode.NonExecutableFile);
        }

        return repository.ObjectDatabase.CreateTree(definition);
    }

    // Never before its parent, whatever clock the source's committer had: git's walks rely on it.
    private static DateTimeOffset Time(Commit? tip, StatusCommit status)
    {
        var source = DateTimeOffset.FromUnixTimeSeconds(status.SourceTime.ToUnixTimeSeconds());
        var parent = tip?.Committer.When.ToUniversalTime() ?? source;
        return parent > source ? parent : source;
    }

    private static string Message(StatusCommit status)
    {
        var subject = Redaction.Printable(status.Subject);
        var message = new StringBuilder(subject.Length <= MaxSubjectLength ? subject : subject[..MaxSubjectLength] + "…").Append("\n\n");
        if (status.Body.Length > 0)
        {
            message.Append(status.Body.ReplaceLineEndings("\n").Trim('\n')).Append("\n\n");
        }

        return message
            .Append("Source-Commit: ")
            .Append(status.SourceCommit)
            .Append('\n')
            .Append("Report-Digest: ")
            .Append(status.ReportDigest)
            .Append('\n')
            .ToString();
    }
}
