namespace GitOpsOperator.Demo;

/// <summary>What the operator prints, line by line, and a way to wait for a word of it.</summary>
internal sealed class OperatorOutput(Action<string> retell)
{
    private event Action<string>? Said;

    public void Hear(string line)
    {
        retell(line);
        Said?.Invoke(line);
    }

    /// <summary>Waits for a line that ends with <paramref name="ending"/>, from now on.</summary>
    /// <exception cref="DemoFailedException">It was not said in time.</exception>
    public async Task<string> UntilAsync(string ending, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var said = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Listen(string line)
        {
            if (line.EndsWith(ending, StringComparison.Ordinal))
            {
                said.TrySetResult(line);
            }
        }

        Said += Listen;
        try
        {
            return await said.Task.WaitAsync(deadline, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new DemoFailedException($"The operator did not say '… {ending}' within {deadline.TotalSeconds} s");
        }
        finally
        {
            Said -= Listen;
        }
    }
}
