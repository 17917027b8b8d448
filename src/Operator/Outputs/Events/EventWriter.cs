using System.Collections.Immutable;
using System.Threading.Channels;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Writing;
using GitOpsOperator.Specs;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Operator.Outputs.Events;

/// <summary>
/// Says in Kubernetes' own Events what becomes of each cluster: every step, every refusal and wait for a person, and when it is over. They
/// are about the document's kind and name. Best effort, as events are: one that cannot be written is dropped and counted, and holds up
/// nothing.
/// </summary>
internal sealed partial class EventWriter(
    IKubernetes client,
    ImmutableArray<DocumentKind> kinds,
    ILeadership leadership,
    TimeProvider time,
    ILogger<EventWriter> logger
)
{
    private const int Waiting = 500;

    /// <summary>Kubernetes' limit for a note (API reference, Event).</summary>
    private const int MaxNoteLength = 1024;

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);

    private readonly Channel<ClusterEvent> _reporter = Channel.CreateBounded<ClusterEvent>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private readonly Dictionary<ClusterKey, ClusterEventKind> _last = [];
    private bool _failing;

    /// <summary>Takes a notice to be written; returns at once.</summary>
    public void Write(ClusterEvent notice) => _reporter.Writer.TryWrite(notice);

    /// <summary>Nothing more will be told; <see cref="RunAsync"/> ends when all is written.</summary>
    public void Complete() => _reporter.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var notice in _reporter.Reader.ReadAllAsync(cancellationToken))
        {
            // That all is as it should be is news only after something else; so an operator that starts anew says nothing.
            var known = _last.TryGetValue(notice.Cluster, out var last);
            _last[notice.Cluster] = notice.Kind;
            if (
                notice.Kind != ClusterEventKind.Waiting
                && !(notice.Kind == ClusterEventKind.Converged && (!known || last == ClusterEventKind.Converged))
                && leadership.Holds
            )
            {
                await TryWriteAsync(notice, cancellationToken);
            }
        }
    }

    private async Task TryWriteAsync(ClusterEvent notice, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await client.CoreV1.CreateNamespacedEventAsync(EventOf(notice), notice.Cluster.Namespace, cancellationToken: either.Token);
            _failing = false;
        }
        catch (Exception error)
            when (error is HttpOperationException or HttpRequestException or IOException
                || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            // Once, until it works again: an API server that refuses events refuses all of them.
            if (!_failing)
            {
                _failing = true;
                LogDropped(notice.Cluster, (error as HttpOperationException)?.Response.Content ?? error.Message);
            }
        }
    }

    private Corev1Event EventOf(ClusterEvent notice)
    {
        var kind = kinds.First(kind => kind.Domain == notice.Cluster.Domain);
        var now = time.GetUtcNow().UtcDateTime;
        return new()
        {
            Metadata = new() { GenerateName = $"{notice.Cluster.Name}.", NamespaceProperty = notice.Cluster.Namespace },
            InvolvedObject = new()
            {
                ApiVersion = kind.ApiVersion,
                Kind = kind.Name,
                NamespaceProperty = notice.Cluster.Namespace,
                Name = notice.Cluster.Name,
            },
            Type = notice.Kind is ClusterEventKind.Blocked or ClusterEventKind.Refused ? "Warning" : "Normal",
            Reason = notice.Reason,
            Message = notice.Text.Length <= MaxNoteLength ? notice.Text : string.Concat(notice.Text.AsSpan(0, MaxNoteLength - 1), "…"),
            Source = new() { Component = ObjectLabels.FieldManager },
            ReportingComponent = ObjectLabels.FieldManager,
            ReportingInstance = Environment.MachineName,
            FirstTimestamp = now,
            LastTimestamp = now,
            Count = 1,
        };
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Cluster}: an Event cannot be written; until one can, none is reported here: {Reason}"
    )]
    private partial void LogDropped(ClusterKey cluster, string reason);
}
