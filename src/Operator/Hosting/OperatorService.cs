using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Election;
using GitOpsOperator.Operator.Outputs.Http;
using Quartz;

namespace GitOpsOperator.Operator.Hosting;

/// <summary>
/// The operator's life: live state is watched from the start, so that a standby is ready to take over; the schedule begins
/// when this replica is the active one. When a part breaks, or another has taken over, the program ends and Kubernetes starts it anew.
/// </summary>
internal sealed partial class OperatorService(
    BackgroundWork work,
    ClusterSupervisor clusters,
    HttpEndpoint http,
    ISchedulerFactory schedulers,
    IHostApplicationLifetime lifetime,
    ILogger<OperatorService> logger,
    LeaseElection? election = null
) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;
    private IScheduler? _scheduler;
    private LeadershipSession? _leadership;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _run = RunAsync();
        return Task.CompletedTask;
    }

    /// <summary>Clusters end at the boundary of a step; then another may act, whatever else here still has to end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _run;
        if (_scheduler is not null)
        {
            await _scheduler.Standby(CancellationToken.None);
        }

        await clusters.DisposeAsync();
        if (_leadership is not null)
        {
            await _leadership.DisposeAsync();
        }

        if (_scheduler is not null)
        {
            await _scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        }

        await work.DisposeAsync();
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        try
        {
            await work.StartAsync(writeOutputs: true, _stop.Token);
            await await Task.WhenAny(work.WhenBrokenAsync(), LeadAsync());
            LogSuperseded();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever broke: it is logged, and the program ends so that Kubernetes starts it anew.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogBroken(error);
        }

        Environment.ExitCode = (int)Reconcile.Commands.ExitCode.Error;
        lifetime.StopApplication();
    }

    /// <summary>Ends when another has taken over.</summary>
    private async Task LeadAsync()
    {
        // The endpoints are there by now: the host starts them before this service.
        election?.Page = http.PageAddress;
        _leadership = await LeadershipSession.AcquireAsync(election, _stop.Token);
        _scheduler = await schedulers.GetScheduler(_stop.Token);
        await _scheduler.Start(_stop.Token);
        await _leadership.Lost.WaitAsync(_stop.Token);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "A part of the operator has broken; it stops")]
    private partial void LogBroken(Exception error);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Another replica has taken over; this one stops and changes nothing more")]
    private partial void LogSuperseded();
}
