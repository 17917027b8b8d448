namespace GitOpsOperator.Sandbox.Story;

/// <summary>What the operator prints, line by line, and a way to wait for a word of it.</summary>
internal sealed class OperatorWords(Action<string> retell)
{
    private event Action<string>? Said;

    public void Hear(string line)
    {
        retell(line);
        Said?.Invoke(line);
    }

    /// <summary>Waits for a line that ends with <paramref name="words"/>, from now on.</summary>
    /// <exception cref="StoryFailedException">It was not said in time.</exception>
    public async Task<string> UntilAsync(string words, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var said = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Listen(string line)
        {
            if (line.EndsWith(words, StringComparison.Ordinal))
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
            throw new StoryFailedException($"The operator did not say '… {words}' within {deadline.TotalSeconds} s");
        }
        finally
        {
            Said -= Listen;
        }
    }
}
