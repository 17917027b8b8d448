namespace GitOpsOperator.Operator;

/// <summary>Starts the parts before the schedule does, and ends the program when one of them breaks.</summary>
internal sealed partial class OperatorService(OperatorParts parts, IHostApplicationLifetime lifetime, ILogger<OperatorService> logger) : IHostedService
{
    private Task _watch = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await parts.StartAsync(writeStatus: true, cancellationToken);
        _watch = WatchAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await parts.DisposeAsync();
        await _watch;
    }

    private async Task WatchAsync()
    {
        try
        {
            await parts.WhenBrokenAsync();
        }
#pragma warning disable CA1031 // Whatever broke: it is logged, and the program ends so that Kubernetes starts it anew.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogBroken(fault);
            Environment.ExitCode = Commands.ExitCodes.Error;
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "A part of the operator has broken; it stops")]
    private partial void LogBroken(Exception fault);
}
