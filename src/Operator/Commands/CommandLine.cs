using System.CommandLine;
using System.CommandLine.Invocation;
using GitOpsOperator.Reconcile.Commands;

namespace GitOpsOperator.Operator.Commands;

/// <summary>From arguments to an exit code.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        ModuleFactory modules,
        InvocationConfiguration? invocation = null
    )
    {
        var parsed = RootCommandFactory.Create(modules).Parse(arguments);
        var code = await parsed.InvokeAsync(invocation);

        // The library ends with 1 after arguments that it cannot read, and 1 is a result here.
        return parsed.Action is ParseErrorAction ? (int)ExitCode.Error : code;
    }
}
