using GitOpsOperator.Operator.Configuration;
using k8s.Exceptions;

namespace GitOpsOperator.Operator.Commands;

/// <summary>Faults that a person can mend are said in a sentence; all others keep their stack trace.</summary>
internal static class CommandFaults
{
    public static async Task<int> CatchAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception fault) when (fault is ConfigurationException or KubeConfigException or HttpRequestException or IOException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return ExitCodes.Error;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Error;
        }
    }
}
