using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Tests.Planning;

namespace GitOpsOperator.Domains.Prometheus.Tests.Proofs;

/// <summary>Something that git may want, with all that follows from it worked out beforehand.</summary>
internal sealed class PrometheusDesiredState
{
    private readonly RenderedFiles[] _rendered;

    private PrometheusDesiredState(char name, PrometheusDesired desired, RenderedFiles[] rendered, bool isRefused)
    {
        (Name, Desired, _rendered, IsRefused) = (name, desired, rendered, isRefused);
        var hashes = Enumerable
            .Range(0, 2)
            .Select(shard =>
                (Set: PrometheusRendering.StatefulSetHash(desired, shard), Template: PrometheusRendering.TemplateHash(desired, shard))
            )
            .ToArray();
        var (service, reached) = (PrometheusRendering.ServiceHash(desired), PrometheusRendering.DesiredHash(desired));
        Hashes = new(_ => service, (_, shard) => hashes[shard].Set, (_, shard) => hashes[shard].Template, _ => reached);
    }

    public char Name { get; }

    public PrometheusDesired Desired { get; }

    /// <summary>Every process refuses its configuration.</summary>
    public bool IsRefused { get; }

    public PrometheusHashes Hashes { get; }

    public static async Task<PrometheusDesiredState> OfAsync(char name, string spec, bool isRefused = false)
    {
        var desired = PrometheusScene.Desired($"serviceMonitorSelector: {{}}\n{spec}");
        var alone = await PrometheusScene.Nothing(desired).SeenByAsync(desired);
        var besideAnother = await (alone with { Shards = [new(1)] }).SeenByAsync(desired);
        return new(name, desired, [alone.Rendered, besideAnother.Rendered], isRefused);
    }

    public PrometheusLive SeenIn(PrometheusLive live) =>
        live with
        {
            Rendered = _rendered[Desired.Shards > 1 || live.Shard(1) is null ? 0 : 1],
        };

    /// <summary>The targets that a shard has by a configuration of this wish; null where it is of another.</summary>
    public PrometheusTargets? TargetsOf(int shard, string digest)
    {
        if (!_rendered.Any(rendered => rendered.Files!.Shards.ElementAtOrDefault(shard)?.Digest == digest))
        {
            return null;
        }

        return shard >= Desired.Shards ? PrometheusTargets.None
            : Desired.Shards == 1 ? PrometheusTargets.Both
            : shard == 0 ? PrometheusTargets.Even
            : PrometheusTargets.Odd;
    }
}
