using System.Reflection;

namespace GitOpsOperator.Sync.Git.Network;

/// <summary>How to start the child: a program and its arguments, nothing of which is secret.</summary>
public sealed record GitNetworkProgram(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>This same program with <c>git-network</c> as its argument.</summary>
    public static GitNetworkProgram Self()
    {
        var program =
            Environment.ProcessPath
            ?? throw new InvalidOperationException(
                "The path of the running program is not known; name the program for git's network calls."
            );
        return Path.GetFileNameWithoutExtension(program) == "dotnet" && Assembly.GetEntryAssembly()?.Location is { Length: > 0 } entry
            ? new(program, [entry, GitNetworkChild.Command])
            : new(program, [GitNetworkChild.Command]);
    }
}
