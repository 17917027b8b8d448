using GitOpsOperator.Domains.Prometheus.Rendering;
using k8s.Models;
using static GitOpsOperator.Domains.Prometheus.Tests.Planning.PrometheusScene;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

/// <summary>What a document says of the pod beyond Prometheus itself.</summary>
public sealed class PodFieldsTests
{
    [Fact]
    public void A_container_of_another_name_runs_beside_Prometheus()
    {
        var containers = Pod("containers: [{name: proxy, image: \"example.org/proxy:1\", args: [--upstream=127.0.0.1:9090]}]").Containers;

        Assert.Equal(["prometheus", "proxy"], containers.Select(container => container.Name));
        Assert.Equal("example.org/proxy:1", containers[1].Image);
        Assert.Equal(["--upstream=127.0.0.1:9090"], containers[1].Args);
    }

    [Fact]
    public void A_container_that_is_called_prometheus_is_laid_over_the_rendered_one()
    {
        var plain = Assert.Single(Pod("").Containers);

        var merged = Assert.Single(
            Pod(
                "containers: [{name: prometheus, env: [{name: GOGC, value: \"50\"}, {name: POD_NAME, value: fixed}], "
                    + "volumeMounts: [{name: more, mountPath: /more}], "
                    + "ports: [{containerPort: 9090, hostPort: 9090}], startupProbe: {failureThreshold: 7}, securityContext: "
                    + "{readOnlyRootFilesystem: false}}]"
            ).Containers
        );

        // Laid over: what it does not name is as before.
        Assert.Equal(plain.Args, merged.Args);
        Assert.Equal(plain.StartupProbe.HttpGet.Path, merged.StartupProbe.HttpGet.Path);
        Assert.Equal(["ALL"], merged.SecurityContext.Capabilities.Drop);

        // Lists go by the key that Kubernetes gives them.
        Assert.Equal(7, merged.StartupProbe.FailureThreshold);
        Assert.False(merged.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal(["POD_NAME", "GOGC"], merged.Env.Select(variable => variable.Name));
        Assert.Equal("fixed", merged.Env[0].Value);
        var port = Assert.Single(merged.Ports);
        Assert.Equal(("web", 9090), (port.Name, port.HostPort));
        Assert.Equal(plain.VolumeMounts.Count + 1, merged.VolumeMounts.Count);
    }

    [Fact]
    public void Flags_of_the_web_server_and_of_alerts_are_on_the_command_line()
    {
        var arguments = Pod(
            """
            web: {pageTitle: Orders, maxConnections: 64}
            rules: {alert: {forOutageTolerance: 2h, forGracePeriod: 5m, resendDelay: 1m}}
            disableCompaction: true
            enableRemoteWriteReceiver: true
            remoteWriteReceiverMessageVersions: [V1.0, V2.0]
            """
        )
            .Containers[0]
            .Args;

        Assert.Subset(
            arguments.ToHashSet(),
            new HashSet<string>
            {
                "--web.page-title=Orders",
                "--web.max-connections=64",
                "--rules.alert.for-outage-tolerance=2h",
                "--rules.alert.for-grace-period=5m",
                "--rules.alert.resend-delay=1m",
                "--storage.tsdb.min-block-duration=2h",
                "--storage.tsdb.max-block-duration=2h",
                "--web.remote-write-receiver.accepted-protobuf-messages=prometheus.WriteRequest,io.prometheus.write.v2.Request",
            }
        );
    }

    [Fact]
    public void Settings_of_the_pod_are_Kubernetes_own()
    {
        var pod = Pod(
            """
            schedulerName: other
            enableServiceLinks: false
            hostUsers: false
            dnsConfig: {nameservers: [192.0.2.1], searches: [example.org], options: [{name: ndots, value: "1"}]}
            """
        );

        Assert.Equal(("other", false, false), (pod.SchedulerName, pod.EnableServiceLinks, pod.HostUsers));
        Assert.Equal(["192.0.2.1"], pod.DnsConfig.Nameservers);
        Assert.Equal("ndots", Assert.Single(pod.DnsConfig.Options).Name);
    }

    private static V1PodSpec Pod(string spec) => PrometheusRendering.StatefulSet(Desired(spec), 0, 1).Spec.Template.Spec;
}
