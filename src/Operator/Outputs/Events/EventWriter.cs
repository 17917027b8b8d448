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

    private readonly Channel<ClusterEvent> _pending = Channel.CreateBounded<ClusterEvent>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private readonly Dictionary<ClusterKey, ClusterEventKind> _last = [];
    private bool _failing;

    /// <summary>Takes an event to be written; returns at once.</summary>
    public void Write(ClusterEvent news) => _pending.Writer.TryWrite(news);

    /// <summary>Nothing more will be reported; <see cref="RunAsync"/> ends when all is written.</summary>
    public void Complete() => _pending.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var news in _pending.Reader.ReadAllAsync(cancellationToken))
        {
            // That all is as it should be is news only after something else; so an operator that starts anew says nothing.
            var known = _last.TryGetValue(news.Cluster, out var last);
            _last[news.Cluster] = news.Kind;
            if (
                news.Kind != ClusterEventKind.Waiting
                && !(news.Kind == ClusterEventKind.Converged && (!known || last == ClusterEventKind.Converged))
                && leadership.Holds
            )
            {
                await TryWriteAsync(news, cancellationToken);
            }
        }
    }

    private async Task TryWriteAsync(ClusterEvent news, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await client.CoreV1.CreateNamespacedEventAsync(EventOf(news), news.Cluster.Namespace, cancellationToken: either.Token);
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
                LogDropped(news.Cluster, (error as HttpOperationException)?.Response.Content ?? error.Message);
            }
        }
    }

    private Corev1Event EventOf(ClusterEvent news)
    {
        var kind = kinds.First(kind => kind.Domain == news.Cluster.Domain);
        var now = time.GetUtcNow().UtcDateTime;
        return new()
        {
            Metadata = new() { GenerateName = $"{news.Cluster.Name}.", NamespaceProperty = news.Cluster.Namespace },
            InvolvedObject = new()
            {
                ApiVersion = kind.ApiVersion,
                Kind = kind.Name,
                NamespaceProperty = news.Cluster.Namespace,
                Name = news.Cluster.Name,
            },
            Type = news.Kind is ClusterEventKind.Blocked or ClusterEventKind.Refused ? "Warning" : "Normal",
            Reason = news.Reason,
            Message = news.Text.Length <= MaxNoteLength ? news.Text : string.Concat(news.Text.AsSpan(0, MaxNoteLength - 1), "…"),
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
