namespace GitOpsOperator.Demo;

/// <summary>The programs that a demo starts.</summary>
/// <param name="Operator">The operator's; its folder is the image of its pods in the sandbox.</param>
/// <param name="Sandbox">The sandbox's.</param>
public sealed record DemoPrograms(string Operator, string Sandbox)
{
    public const string OperatorName = "gitops-operator";
    public const string SandboxName = "gitops-sandbox";

    /// <summary>This operator, and the sandbox that was built with this program.</summary>
    public static DemoPrograms With(string @operator) =>
        new(Path.GetFullPath(@operator), Path.Combine(AppContext.BaseDirectory, SandboxName));

    /// <summary>Both beside this program.</summary>
    public static DemoPrograms Beside { get; } = With(Path.Combine(AppContext.BaseDirectory, OperatorName));

    /// <summary>How the sandbox is told which program the operator's image is.</summary>
    internal string OperatorImage => $"{OperatorName}={Path.GetDirectoryName(Operator)}";
}
