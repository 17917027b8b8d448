namespace GitOpsOperator.Operator.Commands;

/// <summary>The command line by which this program starts itself again.</summary>
internal static class SelfProgram
{
    public static IReadOnlyList<string> CommandLine { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, Environment.GetCommandLineArgs()[0]]
            : [Environment.ProcessPath!];
}
