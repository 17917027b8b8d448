using System.Reflection;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>How this very program is started again.</summary>
internal static class ProgramPath
{
    public static IReadOnlyList<string> Self()
    {
        var process = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Assembly.GetEntryAssembly()!.Location] : [process];
    }

    /// <summary>The search path with the cache's tools last: the machine's own programs win, their libraries are sure to be
    /// there.</summary>
    public static string WithTools(string binaries, params IEnumerable<string> first) =>
        string.Join(
            ':',
            [.. first, Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin", "/usr/sbin", "/sbin", Path.Combine(binaries, "tools")]
        );
}
