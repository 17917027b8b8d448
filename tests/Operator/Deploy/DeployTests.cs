using System.Text.Json;
using System.Text.RegularExpressions;
using GitOpsOperator.Domains.Prometheus;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Tests.Outputs.Http;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.TestKit;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Operator.Tests.Deploy;

/// <summary>deploy/ as users apply it: rendered and applied by kubectl.</summary>
public sealed partial class DeployTests : IDisposable
{
    private const string Namespace = "gitops-operator-system";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("deploy-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Folder => Checkout.File("deploy");

    [Fact]
    [Trait("starts", "processes")]
    public async Task It_can_be_applied_twice_and_the_second_time_changes_nothing()
    {
        await using var api = await ApiServer.StartAsync(new ApiServerOptions(), Token);
        var kubeconfig = Path.Combine(_folder.FullName, "kubeconfig");
        await api.WriteKubeconfigAsync(kubeconfig, Token);
        var first = await Kubectl.RunAsync(Token, "--kubeconfig", kubeconfig, "apply", "-k", Folder);
        Assert.Contains("deployment.apps/gitops-operator created", first, StringComparison.Ordinal);
        var before = await VersionsAsync();
        Assert.Equal(12, before.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await Kubectl.RunAsync(Token, "--kubeconfig", kubeconfig, "apply", "-k", Folder);
        Assert.Equal(before, await VersionsAsync());

        // kubectl says "configured" of a disruption budget whenever it is applied, so the objects themselves are asked.
        Task<string> VersionsAsync() =>
            Kubectl.RunAsync(
                Token,
                "--kubeconfig",
                kubeconfig,
                "get",
                "-k",
                Folder,
                "-o",
                "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}"
            );
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task Its_pods_satisfy_the_restricted_security_standard_and_stay_within_their_limits()
    {
        var deployment = await RenderedAsync<V1Deployment>();
        Assert.Equal(2, deployment.Spec.Replicas);
        var pod = deployment.Spec.Template.Spec;
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.All(
            pod.Volumes,
            volume => Assert.True((volume.ConfigMap ?? volume.Secret ?? (object?)volume.EmptyDir) is not null, volume.Name)
        );
        var container = Assert.Single(pod.Containers);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.Null(container.SecurityContext.Capabilities.Add);
        Assert.NotNull(container.Resources.Limits["memory"]);
        Assert.Equal(("/healthz", "/readyz"), (container.LivenessProbe.HttpGet.Path, container.ReadinessProbe.HttpGet.Path));
        Assert.All(
            (V1Probe[])[container.StartupProbe, container.LivenessProbe, container.ReadinessProbe],
            probe =>
                Assert.Equal(("health", BusyPortTests.ProbeTimeout.TotalSeconds), (probe.HttpGet.Port.Value, probe.TimeoutSeconds ?? 1))
        );
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task Its_configuration_is_one_and_fits_its_other_objects()
    {
        var configuration = ConfigurationReader.Read(Checkout.File("deploy", "config.yaml"), _ => null, _ => { });
        var terms = new LeaderElectionConfiguration { Enabled = true, Namespace = Namespace }.Terms(configuration.OperatorId, "")!;
        var role = await RenderedAsync<V1Role>();
        Assert.Equal(Namespace, role.Metadata.NamespaceProperty);
        Assert.Equal([terms.Name], role.Rules.Single(rule => rule.ResourceNames is not null).ResourceNames);
        Assert.Equal("", configuration.LeaderElection.Namespace);

        var ports = (await RenderedAsync<V1Deployment>())
            .Spec.Template.Spec.Containers[0]
            .Ports.ToDictionary(port => port.Name, port => port.ContainerPort);
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["metrics"] = configuration.Http.Endpoint!.Port,
                ["health"] = configuration.Http.HealthEndpoint!.Port,
            },
            ports
        );

        // A configuration that was written before there was a port for probes has it at the same place.
        Assert.Equal(configuration.Http.HealthEndpoint, new HttpConfiguration { Listen = configuration.Http.Listen }.HealthEndpoint);

        // The kubelet alone asks there.
        Assert.Equal("metrics", (await RenderedAsync<V1Service>()).Spec.Ports.Single().TargetPort.Value);
        var policy = await RenderedAsync<V1NetworkPolicy>();
        Assert.Equal("metrics", Assert.Single(Assert.Single(policy.Spec.Ingress).Ports).Port.Value);
    }

    [Fact]
    public async Task No_rule_is_for_everything_or_reads_a_Secret()
    {
        var text = await File.ReadAllLinesAsync(Checkout.File("deploy", "rbac.yaml"), Token);
        Assert.DoesNotContain(
            text,
            line => line.Contains('*', StringComparison.Ordinal) || line.Contains("secrets", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Secrets_are_for_the_Prometheus_component_alone_and_never_deleted()
    {
        var text = await File.ReadAllLinesAsync(Checkout.File("deploy", "prometheus", "rbac.yaml"), Token);
        var secrets = Assert.Single(text.Index(), line => line.Item.Contains("secrets", StringComparison.Ordinal)).Index;
        Assert.Equal("verbs: [list, watch, get, create, patch]", text[secrets + 1].Trim());
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task With_the_monitoring_component_it_renders_too()
    {
        var text = await RenderWithAsync("monitoring");
        Assert.Contains("kind: PodMonitor", text, StringComparison.Ordinal);
        Assert.Contains("kind: PrometheusRule", text, StringComparison.Ordinal);
        Assert.Contains("grafana_dashboard: \"1\"", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task With_the_Prometheus_component_there_is_a_promtool_of_each_major_version_where_the_operator_looks_for_it()
    {
        var text = await RenderWithAsync("prometheus");
        var pod = KubernetesYaml.LoadAllFromString(text).OfType<V1Deployment>().Single().Spec.Template.Spec;

        var container = Assert.Single(pod.Containers);
        Assert.Equal("promtool", Assert.Single(container.VolumeMounts, mount => mount.MountPath == new PrometheusOptions().Promtool).Name);
        Assert.Equal(["1Gi", "50m"], [container.Resources.Limits["memory"].ToString(), container.Resources.Requests["cpu"].ToString()]);
        Assert.Equal(["2", "3"], pod.InitContainers.Select(init => init.Image.Split(":v")[1].Split('.')[0]));
        Assert.All(
            pod.InitContainers,
            init =>
            {
                Assert.Contains($"cp /bin/promtool /promtool/{init.Image.Split(":v")[1]}/", init.Command[^1], StringComparison.Ordinal);
                Assert.False(init.SecurityContext.AllowPrivilegeEscalation);
                Assert.Equal(["ALL"], init.SecurityContext.Capabilities.Drop);
            }
        );
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task With_the_namespaced_component_nothing_is_granted_at_the_scope_of_the_cluster()
    {
        var objects = KubernetesYaml.LoadAllFromString(await RenderWithAsync("prometheus", "namespaced"));
        Assert.Empty(objects.OfType<V1ClusterRoleBinding>());
        Assert.All(
            objects.OfType<V1RoleBinding>(),
            binding => Assert.Equal((Namespace, "Role"), (binding.Metadata.NamespaceProperty, binding.RoleRef.Kind))
        );

        // What gives access in a namespace grants rules that are there, to the account that is there.
        foreach (var name in (string[])["access.yaml", "access-prometheus.yaml"])
        {
            var access = KubernetesYaml.Deserialize<V1RoleBinding>(
                await File.ReadAllTextAsync(Checkout.File("deploy", "namespaced", name), Token)
            );
            Assert.Contains(objects.OfType<V1ClusterRole>(), role => role.Metadata.Name == access.RoleRef.Name);
            var subject = Assert.Single(access.Subjects);
            Assert.Contains(
                objects.OfType<V1ServiceAccount>(),
                account => (account.Metadata.NamespaceProperty, account.Metadata.Name) == (subject.NamespaceProperty, subject.Name)
            );
        }
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task Its_dashboard_asks_only_for_what_is_served_in_expressions_that_Prometheus_reads()
    {
        using var dashboard = JsonDocument.Parse(
            await File.ReadAllTextAsync(Checkout.File("deploy", "monitoring", "dashboard.json"), Token)
        );
        string[] asked =
        [
            .. dashboard
                .RootElement.GetProperty("panels")
                .EnumerateArray()
                .Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!),
        ];
        Assert.True(asked.Length >= 15, $"only {asked.Length} expressions");
        var path = Path.Combine(_folder.FullName, "dashboard.yaml");
        var rules = asked.Select(
            (expression, index) =>
                new
                {
                    record = $"panel:{index}",
                    expr = expression
                        .Replace("$namespace", ".*", StringComparison.Ordinal)
                        .Replace("$cluster", ".*", StringComparison.Ordinal),
                }
        );
        await File.WriteAllTextAsync(path, KubernetesJson.Serialize(new { groups = new[] { new { name = "dashboard", rules } } }), Token);
        await Promtool.AcceptsAsync(["check", "rules", path], "", Token);

        // What the operator serves is held to metrics.md, and etcd's names to the alert rules, each by a test of its own.
        var known =
            await File.ReadAllTextAsync(Checkout.File("docs", "metrics.md"), Token)
            + await File.ReadAllTextAsync(Checkout.File("deploy", "monitoring", "etcd-rules.yaml"), Token);
        var variables = dashboard
            .RootElement.GetProperty("templating")
            .GetProperty("list")
            .EnumerateArray()
            .Select(variable => variable.TryGetProperty("definition", out var query) ? query.GetString()! : "");
        foreach (var name in asked.Concat(variables).SelectMany(text => MetricName().Matches(text)).Select(match => match.Value).Distinct())
        {
            Assert.True(
                known.Contains(name, StringComparison.Ordinal)
                    || known.Contains($"`{Suffix().Replace(name, "")}`", StringComparison.Ordinal),
                $"{name} is nowhere served"
            );
        }
    }

    [Theory]
    [Trait("starts", "processes")]
    [InlineData("operator")]
    [InlineData("etcd")]
    public async Task Its_alert_rules_fire_when_they_should(string name)
    {
        var rules = KubernetesYaml.Deserialize<Dictionary<string, object>>(
            await File.ReadAllTextAsync(Checkout.File("deploy", "monitoring", $"{name}-rules.yaml"), Token)
        );
        var path = Path.Combine(_folder.FullName, $"{name}-rules.yaml");
        await File.WriteAllTextAsync(path, KubernetesYaml.Serialize(rules["spec"]), Token);
        var test = Path.Combine(_folder.FullName, $"{name}.test.yaml");
        File.Copy(Checkout.File("deploy", "monitoring", "tests", $"{name}.test.yaml"), test);
        await Promtool.AcceptsAsync(["check", "rules", path], "", Token);
        await Promtool.AcceptsAsync(["test", "rules", test], "", Token);

        // Every alert is tested.
        var tested = await File.ReadAllTextAsync(test, Token);
        foreach (var line in (await File.ReadAllLinesAsync(path, Token)).Where(line => line.Contains("alert: ", StringComparison.Ordinal)))
        {
            Assert.Contains(line.Split("alert: ")[1], tested, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>As kustomize renders it with components that are comments as delivered.</summary>
    private async Task<string> RenderWithAsync(params string[] components) =>
        await Kubectl.RunAsync(Token, "kustomize", await DeployCopy.WithAsync(_folder.FullName, components, Token));

    private static async Task<T> RenderedAsync<T>()
        where T : class
    {
        var text = await Kubectl.RunAsync(Token, "kustomize", Folder);
        return KubernetesYaml.LoadAllFromString(text).OfType<T>().First();
    }

    [GeneratedRegex("\\b(gitops_operator|etcd)_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Suffix();
}
