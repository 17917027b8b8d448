using System.Net;
using GitOpsOperator.Operator.Outputs.Events;
using GitOpsOperator.Operator.Tests.Running;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Writing;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Operator.Tests.Outputs.Events;

public sealed class EventWriterTests
{
    private static readonly ClusterKey Orders = new("etcd", "default", "orders");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("starts", "processes")]
    public async Task A_running_operator_tells_each_step_about_the_document_s_kind_and_name()
    {
        await using var world = await OperatorWorld.StartAsync();
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        await world.StartOperatorAsync("telling");

        await OperatorWorld.UntilAsync(
            async () => (await EventsAsync(client)).Any(told => told.Reason == "StartSeed"),
            "the seed's start is told"
        );
        var told = (await EventsAsync(client)).Single(told => told.Reason == "StartSeed");
        Assert.Equal(
            ("gitops-operator.dev/v1alpha1", "EtcdCluster", "default", "orders"),
            (told.InvolvedObject.ApiVersion, told.InvolvedObject.Kind, told.InvolvedObject.NamespaceProperty, told.InvolvedObject.Name)
        );
        Assert.Equal("start orders-0 as the seed of a new cluster", told.Message);
        Assert.Equal(("Normal", "gitops-operator"), (told.Type, told.ReportingComponent));
    }

    [Fact]
    public async Task That_all_is_well_is_told_only_after_something_else_and_waiting_never()
    {
        var told = await WriteAsync(
            Leadership.Unconditional,
            new(Orders, ClusterEventKind.Converged, "Converged", "converged at 1"),
            new(Orders, ClusterEventKind.Waiting, "Waiting", "waiting for x"),
            new(Orders, ClusterEventKind.Converged, "Converged", "converged at 2"),
            new(Orders, ClusterEventKind.Converged, "Converged", "converged at 3"),
            new(Orders, ClusterEventKind.Blocked, "NeedsApproval", new string('x', 3000)),
            new(Orders, ClusterEventKind.Refused, "VersionOutOfReach", "refused")
        );

        Assert.Equal(["converged at 2", new string('x', 1023) + "…", "refused"], told.Select(one => one.Message));
        Assert.Equal(["Normal", "Warning", "Warning"], told.Select(one => one.Type));
    }

    [Fact]
    public async Task Who_does_not_hold_the_lease_tells_nothing() =>
        Assert.Empty(await WriteAsync(new Lost(), new ClusterEvent(Orders, ClusterEventKind.Step, "AddLearner", "add")));

    [Fact]
    public async Task An_API_server_that_refuses_events_holds_up_nothing()
    {
        await using var api = await ApiServer.StartAsync(new ApiServerOptions(), Token);
        var refused = 0;
        using var client = new Kubernetes(api.ClientConfiguration(), new Refusing(() => ++refused <= 2));
        var writer = new EventWriter(
            client,
            Modules.AllKinds,
            Leadership.Unconditional,
            TimeProvider.System,
            NullLogger<EventWriter>.Instance
        );
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = writer.RunAsync(stop.Token);

        foreach (var number in Enumerable.Range(0, 4))
        {
            writer.Write(new(Orders, ClusterEventKind.Step, "AddLearner", $"add {number}"));
        }

        await OperatorWorld.UntilAsync(async () => (await EventsAsync(client)).Count == 2, "the later ones are there");
        Assert.Equal(["add 2", "add 3"], (await EventsAsync(client)).Select(told => told.Message).Order());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task<IReadOnlyList<Corev1Event>> WriteAsync(ILeadership leadership, params ClusterEvent[] notices)
    {
        await using var api = await ApiServer.StartAsync(new ApiServerOptions(), Token);
        using var client = new Kubernetes(api.ClientConfiguration());
        var writer = new EventWriter(client, Modules.AllKinds, leadership, TimeProvider.System, NullLogger<EventWriter>.Instance);
        foreach (var notice in notices)
        {
            writer.Write(notice);
        }

        writer.Complete();
        await writer.RunAsync(Token);
        return
        [
            .. (await EventsAsync(client)).OrderBy(told =>
                long.Parse(told.Metadata.ResourceVersion, System.Globalization.CultureInfo.InvariantCulture)
            ),
        ];
    }

    private static async Task<IReadOnlyList<Corev1Event>> EventsAsync(Kubernetes client) =>
        [.. (await client.CoreV1.ListNamespacedEventAsync("default", cancellationToken: Token)).Items];

    private sealed class Lost : ILeadership
    {
        public bool Holds => false;
    }

    private sealed class Refusing(Func<bool> refuses) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.Method == HttpMethod.Post && refuses()
                ? Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.Forbidden)
                    {
                        Content = new StringContent("events is forbidden"),
                        RequestMessage = request,
                    }
                )
                : base.SendAsync(request, cancellationToken);
    }
}
