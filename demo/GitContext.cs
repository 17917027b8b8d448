using System.Diagnostics;
using System.Globalization;

namespace GitOpsOperator.Demo;

/// <summary>What steps need of git alone, on whatever cluster: commits that change a document, and waiting for the status to say
/// something.</summary>
internal class GitContext(Terminal terminal, DesiredStateClone clone)
{
    public const string File = "clusters/orders.yaml";
    public const string StatusPath = "status/default/orders.yaml";
    public const string StatusBranch = "gitops-status/default";

    protected static readonly TimeSpan StepDeadline = TimeSpan.FromSeconds(120);

    public Terminal Terminal => terminal;

    public DesiredStateClone Clone => clone;

    /// <summary>Writes another size into the document, without a commit.</summary>
    public async Task WriteSizeAsync(int from, int to, CancellationToken cancellationToken)
    {
        await clone.ReplaceAsync(File, $"size: {from}", $"size: {to}", cancellationToken);
        terminal.Diff(await clone.DiffAsync(cancellationToken));
    }

    /// <summary>Commits the size that was written; gives the commit.</summary>
    public Task<string> PushSizeAsync(int from, int to, CancellationToken cancellationToken) =>
        clone.PushAsync($"Scale orders from {from} to {to}", cancellationToken);

    public async Task ConvergedAsync(string commit, int size, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var status = await StatusUntilAsync(
            $"{size} healthy voters at commit {commit[..7]}",
            status =>
                status.Phase == "Converged" && status.Revision == commit && status.HealthyVoters == size && status.Members.Count == size,
            cancellationToken
        );
        terminal.Good(string.Create(CultureInfo.InvariantCulture, $"git says: {status.Summary} ({clock.Elapsed.TotalSeconds:F0} s)"));
    }

    public Task<StatusFile> StatusAsync(CancellationToken cancellationToken) => StatusUntilAsync("a status", _ => true, cancellationToken);

    public async Task<StatusFile> StatusUntilAsync(string expected, Func<StatusFile, bool> holds, CancellationToken cancellationToken) =>
        StatusFile.Parse(await FileUntilAsync(StatusPath, expected, text => holds(StatusFile.Parse(text)), cancellationToken));

    /// <summary>Looks at a file of the status branch until it says what is expected.</summary>
    /// <exception cref="DemoFailedException">It did not within the time of an step.</exception>
    public async Task<string> FileUntilAsync(string path, string expected, Func<string, bool> holds, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StepDeadline);
        string? seen = null;
        try
        {
            while (true)
            {
                seen = await clone.StatusAsync(path, deadline.Token);
                if (seen is not null && holds(seen))
                {
                    return seen;
                }

                await Task.Delay(250, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoFailedException(
                $"After {StepDeadline.TotalSeconds} s there is no word in git of {expected}. {path} says:\n{seen ?? "nothing"}"
            );
        }
    }
}
