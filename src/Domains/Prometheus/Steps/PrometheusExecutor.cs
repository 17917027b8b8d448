using System.Net;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Live.Access;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Reporting;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Reconcile.Writing;
using k8s;

namespace GitOpsOperator.Domains.Prometheus.Steps;

/// <summary>Carries out one step. Every step may be stopped anywhere and done again: what is done already is found done.</summary>
public sealed class PrometheusExecutor(
    IKubernetes client,
    KubernetesView view,
    PrometheusEndpoints endpoints,
    PrometheusObserver observer,
    IMandate mandate,
    TimeProvider time
)
{
    private static readonly StepOutcome Done = new StepOutcome.Done();

    private readonly OwnedObjects _objects = new(client, view, mandate, time);

    public async Task<StepOutcome> ExecuteAsync(
        PrometheusDesired desired,
        PrometheusLive live,
        long observedAt,
        PrometheusStep step,
        CancellationToken cancellationToken
    )
    {
        try
        {
            mandate.Demand();
            return await (
                step switch
                {
                    PrometheusStep.ApplyService => ApplyServiceAsync(desired, cancellationToken),
                    PrometheusStep.Publish publish => PublishAsync(desired, live, publish, cancellationToken),
                    PrometheusStep.GrowClaim grow => GrowAsync(desired, live, grow, cancellationToken),
                    PrometheusStep.Unwrap unwrap => UnwrapAsync(desired, unwrap, cancellationToken),
                    PrometheusStep.PutBack put => PutBackAsync(desired, live, put, cancellationToken),
                    PrometheusStep.ApplyShard apply => ApplyShardAsync(desired, apply, cancellationToken),
                    PrometheusStep.Reload reload => ReloadAsync(desired, live, reload, cancellationToken),
                    PrometheusStep.RestartReplica restart => RestartAsync(desired, restart, cancellationToken),
                    PrometheusStep.Begin => RememberAsync(desired, live with { Reached = null, Held = null }, cancellationToken),
                    PrometheusStep.HoldBack hold => RememberAsync(desired, live with { Held = hold.Held }, cancellationToken),
                    PrometheusStep.Reject reject => RememberAsync(desired, live with { Rejected = reject.Rejected }, cancellationToken),
                    PrometheusStep.Confirm confirm => RememberAsync(
                        desired,
                        live with
                        {
                            Confirmed = confirm.Files,
                            Rejected = null,
                            Held = null,
                            Reached = PrometheusRendering.DesiredHash(desired),
                        },
                        cancellationToken
                    ),
                    PrometheusStep.TakeApproval take => RememberAsync(desired, live with { Approval = take.Approval }, cancellationToken),
                    _ => throw new NotSupportedException($"No way is known to carry out {step.GetType().Name}"),
                }
            );
        }
        catch (Exception e)
            when (e is MandateLostException or ForeignObjectException or PrometheusCallException
                || e is KubernetesCallException { StatusCode: HttpStatusCode.Conflict }
            )
        {
            return new StepOutcome.NotYet(e.Message);
        }
    }

    private async Task<StepOutcome> ApplyServiceAsync(PrometheusDesired desired, CancellationToken cancellationToken)
    {
        await _objects.ApplyAsync(_objects.Services, PrometheusRendering.GoverningService(desired), cancellationToken);
        return Done;
    }

    /// <summary>Rules first: a configuration that names rule files is never without them.</summary>
    private async Task<StepOutcome> PublishAsync(
        PrometheusDesired desired,
        PrometheusLive live,
        PrometheusStep.Publish step,
        CancellationToken cancellationToken
    )
    {
        // New shards get their configuration while the others keep theirs, and the rules that go with it.
        var withRules = step.Reason != PublishReason.NewShards;
        for (var index = 0; withRules && index < PrometheusLimits.RuleMaps; index++)
        {
            var there = live.RuleDigests.ElementAtOrDefault(index);
            if (index < step.Files.Rules.Length && there != step.Files.Rules[index].Digest)
            {
                await _objects.ApplyAsync(_objects.ConfigMaps, PrometheusRendering.Rules(desired, step.Files, index), cancellationToken);
            }
            else if (index >= step.Files.Rules.Length && there is not null)
            {
                await _objects.DeleteAsync(
                    _objects.ConfigMaps,
                    Key(desired, new PrometheusNames(desired.Cluster).Rules(index)),
                    desired.Owner,
                    null,
                    cancellationToken
                );
            }
        }

        foreach (var shard in step.Shards)
        {
            await _objects.ApplyAsync(_objects.Secrets, PrometheusRendering.Configuration(desired, step.Files, shard), cancellationToken);
        }

        return Done;
    }

    private async Task<StepOutcome> ApplyShardAsync(
        PrometheusDesired desired,
        PrometheusStep.ApplyShard step,
        CancellationToken cancellationToken
    )
    {
        await _objects.ApplyAsync(
            _objects.StatefulSets,
            PrometheusRendering.StatefulSet(desired, step.Shard, step.Replicas),
            cancellationToken
        );
        return Done;
    }

    private async Task<StepOutcome> GrowAsync(
        PrometheusDesired desired,
        PrometheusLive live,
        PrometheusStep.GrowClaim step,
        CancellationToken cancellationToken
    )
    {
        if (live.Shard(step.Shard)?.Set?.Claim is not { } template)
        {
            return new StepOutcome.NotYet("its StatefulSet is not there any more");
        }

        var name = template.ClaimOf(new PrometheusNames(desired.Cluster).Pod(step.Shard, step.Ordinal));
        try
        {
            await _objects.GrowClaimAsync(Key(desired, name), step.ClaimUid, step.To, cancellationToken);
            return Done;
        }
        catch (KubernetesCallException refused) when (refused.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity)
        {
            // So says an API server whose storage class does not allow it: for a person to change, there or in git.
            return new StepOutcome.NotYet(refused.Message);
        }
    }

    private async Task<StepOutcome> UnwrapAsync(PrometheusDesired desired, PrometheusStep.Unwrap step, CancellationToken cancellationToken)
    {
        await _objects.DeleteAsync(
            _objects.StatefulSets,
            Key(desired, new PrometheusNames(desired.Cluster).Shard(step.Shard)),
            desired.Owner,
            step.Uid,
            cancellationToken,
            leaveDependents: true
        );
        return Done;
    }

    /// <summary>
    /// A reload's "200" says that some files were read, not which: the kubelet may not have brought the new ones yet. So what runs then is
    /// asked for, and until it is what was meant the step is not done.
    /// </summary>
    private async Task<StepOutcome> ReloadAsync(
        PrometheusDesired desired,
        PrometheusLive live,
        PrometheusStep.Reload step,
        CancellationToken cancellationToken
    )
    {
        if (
            live.Shard(step.Shard) is not { } shard
            || shard.Replicas.FirstOrDefault(replica => replica.PodUid == step.PodUid) is not { } replica
            || PrometheusObserver.RootOf(desired, replica) is not { } root
        )
        {
            return new StepOutcome.NotYet("its pod has gone");
        }

        mandate.Demand();
        if (await endpoints.ReloadAsync(root, cancellationToken) is { } words)
        {
            var error = PrometheusWords.Mask(words, view, desired, live, step.Shard);
            observer.Note(step.PodUid, new(step.Digest, error));

            // What is known to work is asked for again; what is new is judged by the planner, which sees the refusal.
            return step.Digest == live.Confirmed?.Digest ? new StepOutcome.NotYet(error) : Done;
        }

        observer.Note(step.PodUid, null);
        var server = await endpoints.StatusAsync(root, cancellationToken);
        return
            server is not null
            && server.ConfigurationDigest == shard.ConfigurationDigest
            && server.RuleDigests.SetEquals(live.RuleDigests.OfType<string>())
            ? Done
            : new StepOutcome.NotYet("it answered, but its pod still has the files from before");
    }

    private async Task<StepOutcome> RestartAsync(
        PrometheusDesired desired,
        PrometheusStep.RestartReplica step,
        CancellationToken cancellationToken
    )
    {
        await _objects.DeleteAsync(
            _objects.Pods,
            Key(desired, new PrometheusNames(desired.Cluster).Pod(step.Shard, step.Ordinal)),
            desired.Owner,
            step.PodUid,
            cancellationToken
        );
        return Done;
    }

    private async Task<StepOutcome> RememberAsync(PrometheusDesired desired, PrometheusLive remembered, CancellationToken cancellationToken)
    {
        await _objects.ApplyAsync(_objects.Secrets, PrometheusRendering.Confirmed(desired, remembered), cancellationToken);
        return Done;
    }

    private async Task<StepOutcome> PutBackAsync(
        PrometheusDesired desired,
        PrometheusLive live,
        PrometheusStep.PutBack step,
        CancellationToken cancellationToken
    )
    {
        if (PrometheusDriftDetection.Render(desired, live, step.Target) is not { } rendered)
        {
            return new StepOutcome.NotYet($"{step.Target} is not there any more");
        }

        await _objects.PutBackAsync(rendered, live.Drifts, desired.Owner, cancellationToken);
        return Done;
    }

    private static ObjectKey Key(PrometheusDesired desired, string name) => new(desired.Cluster.Namespace, name);
}
