using System.Globalization;
using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests.Running;

/// <summary>
/// A memory cgroup such as a container's limit makes one, where this machine lets the test make one (version 1 or 2, as root).
/// </summary>
internal sealed class MemoryLimit : IAsyncDisposable
{
    private readonly string? _folder;

    private MemoryLimit(string? folder) => _folder = folder;

    /// <summary>False where the process runs without a limit, and only what it uses is measured.</summary>
    public bool Holds => _folder is not null;

    public static MemoryLimit TryMake(long bytes)
    {
        (string Root, string Limit)[] versions = [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")];
        foreach (var (root, limit) in versions)
        {
            var folder = Path.Combine(root, $"gitops-operator-test-{Guid.NewGuid():N}");
            try
            {
                if (!File.Exists(Path.Combine(root, "cgroup.procs")))
                {
                    continue;
                }

                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, limit), bytes.ToString(CultureInfo.InvariantCulture));
                return new(folder);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // Not for this user, or not for this controller: the next way, or none.
                if (Directory.Exists(folder))
                {
                    Directory.Delete(folder);
                }
            }
        }

        return new(null);
    }

    /// <summary>For a shell: puts itself, and so what it becomes, under the limit.</summary>
    public string Enter => _folder is null ? "" : $"echo $$ > '{_folder}/cgroup.procs' && ";

    /// <summary>After its processes have ended. The kernel lets go of the last one a moment later.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_folder is { } folder)
        {
            await Eventually.SucceedsAsync(
                () =>
                {
                    Directory.Delete(folder);
                    return Task.CompletedTask;
                },
                () => folder,
                CancellationToken.None
            );
        }
    }
}
