using System.Globalization;
using System.Text.Json;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>What the other commands need to find a running sandbox: the file sandbox.json in its folder.</summary>
/// <param name="Pid">Process inside the namespaces, as it is seen from outside.</param>
/// <param name="Started">Start time of that process in clock ticks: a process id alone may be another process's by now.</param>
internal sealed record SandboxState(
    int Pid,
    string Started,
    string ControlSocket,
    string InsideKubeconfig,
    string Binaries,
    string? Git,
    string? GitInside
)
{
    private const string FileName = "sandbox.json";
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    public static string PathIn(string directory) => Path.Combine(directory, FileName);

    /// <param name="git">Address of the git server from outside, if repositories are served.</param>
    public static SandboxState Of(int pid, string controlSocket, string insideKubeconfig, string binaries, string? git) =>
        new(
            pid,
            StartTime(pid) ?? throw new InvalidOperationException($"process {pid} is gone"),
            controlSocket,
            insideKubeconfig,
            binaries,
            git,
            git is null ? null : SandboxInside.GitAddress
        );

    /// <summary>Whoever waits for the file never sees half of it.</summary>
    public void Write(string directory)
    {
        var beside = PathIn(directory) + ".new";
        File.WriteAllText(beside, JsonSerializer.Serialize(this, Format));
        File.Move(beside, PathIn(directory), overwrite: true);
    }

    /// <summary>The sandbox that runs in this folder; null when none does.</summary>
    public static SandboxState? Running(string directory)
    {
        var path = PathIn(directory);
        if (!File.Exists(path))
        {
            return null;
        }

        var state = JsonSerializer.Deserialize<SandboxState>(File.ReadAllText(path));
        return state is not null && StartTime(state.Pid) == state.Started ? state : null;
    }

    private static string? StartTime(int pid)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat");
        if (!File.Exists(path))
        {
            return null;
        }

        // The name in parentheses may hold blanks; the start time is field 22, the 20th after it.
        var text = File.ReadAllText(path);
        return text[(text.LastIndexOf(')') + 2)..].Split(' ')[19];
    }
}
