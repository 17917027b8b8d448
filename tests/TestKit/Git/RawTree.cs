using System.Text;
using LibGit2Sharp;

namespace GitOpsOperator.TestKit.Git;

/// <summary>
/// Writes trees and commits as bytes, past every check of git and libgit2: what an attacker with push rights can put into a
/// repository that does not check what it receives.
/// </summary>
public sealed class RawTree(Repository repository)
{
    private readonly List<(string Mode, byte[] Name, ObjectId Id)> _entries = [];

    public RawTree File(string name, string content = "a: 1\n", string mode = "100644") =>
        File(Encoding.UTF8.GetBytes(name), content, mode);

    public RawTree File(byte[] name, string content = "a: 1\n", string mode = "100644")
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(content));
        _entries.Add((mode, name, repository.ObjectDatabase.CreateBlob(bytes).Id));
        return this;
    }

    public RawTree Entry(string mode, string name, ObjectId id)
    {
        _entries.Add((mode, Encoding.UTF8.GetBytes(name), id));
        return this;
    }

    public ObjectId Write()
    {
        using var bytes = new MemoryStream();
        foreach (
            var (mode, name, id) in _entries.OrderBy(
                entry => Convert.ToHexString(entry.Name) + (entry.Mode == "40000" ? "2F" : ""),
                StringComparer.Ordinal
            )
        )
        {
            bytes.Write(Encoding.ASCII.GetBytes($"{mode} "));
            bytes.Write(name);
            bytes.WriteByte(0);
            bytes.Write(id.RawId);
        }

        return repository.ObjectDatabase.Write<Tree>(bytes.ToArray());
    }

    /// <summary>Makes it the tree of a new commit on the branch.</summary>
    public string Commit(string branch = "refs/heads/main")
    {
        var parent = repository.Refs[branch]?.TargetIdentifier;
        var text =
            $"tree {Write().Sha}\n{(parent is null ? "" : $"parent {parent}\n")}author A <a@example.org> 1700000000 +0000\n"
            + "committer A <a@example.org> 1700000000 +0000\n\nraw\n";
        var commit = repository.ObjectDatabase.Write<Commit>(Encoding.UTF8.GetBytes(text));
        repository.Refs.Add(branch, commit, allowOverwrite: true);
        return commit.Sha;
    }
}
