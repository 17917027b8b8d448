using System.Diagnostics;

namespace GitOpsOperator.TestKit.Git;

/// <summary>A bare repository as a forge would hold it, and someone's clone of it, both driven by the real git program.</summary>
public sealed class TestRepository : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gitops-sync-");
    private int _clock = 1_700_000_000;

    public TestRepository()
    {
        Git(_folder.FullName, "init", "--quiet", "--bare", "--initial-branch=main", Bare);
        Git(_folder.FullName, "init", "--quiet", "--initial-branch=main", Work);
        Git(Work, "remote", "add", "origin", Bare);
    }

    /// <summary>Holds the bare repository, as the root of a server.</summary>
    public string Root => Path.Combine(_folder.FullName, "served");

    public string Bare => Path.Combine(Root, "repo.git");

    public string Work => Path.Combine(_folder.FullName, "work");

    public string FileUrl => "file://" + Bare;

    /// <summary>A fresh folder beside the repository.</summary>
    public string Folder(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Writes the files (null removes one), commits, pushes, and returns the commit.</summary>
    public string Commit(string message, params (string Path, string? Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(Work, path);
            if (content is null)
            {
                File.Delete(file);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }

        Git(Work, "add", "--all");
        Git(Work, "commit", "--quiet", "--allow-empty", "-m", message);
        Git(Work, "push", "--quiet", "origin", "HEAD");
        return Git(Work, "rev-parse", "HEAD");
    }

    public string Git(string directory, params string[] arguments) => GitWithInput(directory, "", arguments);

    public string GitWithInput(string directory, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        foreach (var who in (string[])["AUTHOR", "COMMITTER"])
        {
            start.Environment[$"GIT_{who}_NAME"] = "Someone";
            start.Environment[$"GIT_{who}_EMAIL"] = "someone@example.org";
            start.Environment[$"GIT_{who}_DATE"] = $"{_clock++} +0000";
        }

        using var git = Process.Start(start)!;
        var errors = git.StandardError.ReadToEndAsync();
        git.StandardInput.Write(input);
        git.StandardInput.Close();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0
            ? output.TrimEnd('\n')
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {errors.GetAwaiter().GetResult()}");
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
