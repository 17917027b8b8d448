using System.Text.RegularExpressions;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary><c>alerting</c>: where alerts go. Alertmanagers are found behind their Service.</summary>
internal static class AlertingSection
{
    public static void AddTo(ConfigMapping configuration, RenderingContext context)
    {
        var input = context.Input;
        context.Job = "alerting";
        var alerting = context.Spec["alerting"];
        if (!alerting.Exists && input.AdditionalAlertRelabelConfigs is null && input.AdditionalAlertManagerConfigs is null)
        {
            return;
        }

        var managers = new ConfigSequence(alerting["alertmanagers"].Items.Select(manager => Render(context, manager)));
        managers.AddRange(ConfigReader.ReadMappings(context, "additionalAlertManagerConfigs", input.AdditionalAlertManagerConfigs));
        var rules = new ConfigSequence();
        if (GlobalSection.ReplicaLabel(context.Spec) is { Length: > 0 } replica)
        {
            // Replicas send the same alert, which Alertmanager sees only without the label that tells them apart.
            rules.Add(new ConfigMapping { { "action", "labeldrop" }, { "regex", Literal(replica) } });
        }

        rules.AddRange(ConfigReader.ReadMappings(context, "additionalAlertRelabelConfigs", input.AdditionalAlertRelabelConfigs));
        configuration.Add("alerting", new ConfigMapping { { "alert_relabel_configs", rules }, { "alertmanagers", managers } });
    }

    private static ConfigMapping Render(RenderingContext context, SpecNode manager)
    {
        var space = context.Input.Namespace;
        var rendered = new ConfigMapping();
        rendered.CopyLower("scheme", manager["scheme"]);
        rendered.Copy("path_prefix", manager["pathPrefix"]);
        rendered.Copy("timeout", manager["timeout"]);
        rendered.Copy(context, VersionGates.EnableHttp2, manager["enableHttp2"]);
        TlsSettings.WithFiles(manager["tlsConfig"]).AddTo(rendered, context, space);
        rendered.AddProxy(context, space, manager);
        var role = KubernetesDiscovery.EndpointRole(context, default);
        rendered.Add(
            "kubernetes_sd_configs",
            new ConfigSequence { KubernetesDiscovery.Discover(context, role, manager["namespace"].Text ?? space, default, space) }
        );
        rendered.CopyNonEmpty("bearer_token_file", manager["bearerTokenFile"]);
        if (manager["basicAuth"].Exists && context.Admits(VersionGates.Alerting.BasicAuth))
        {
            rendered.AddBasicAuth(context, space, manager["basicAuth"]);
        }

        rendered.AddAuthorization(context, space, manager["authorization"]);
        rendered.AddSigv4(context, VersionGates.Alerting.Sigv4, space, manager["sigv4"]);
        AddApiVersion(rendered, context, manager);
        rendered.Add("relabel_configs", Rules(manager, role));
        if (manager["alertRelabelings"].Count > 0 && context.Admits(VersionGates.Alerting.AlertRelabelConfigs))
        {
            rendered.Add(VersionGates.Alerting.AlertRelabelConfigs.Name, Relabeling.OfDocument(manager["alertRelabelings"]));
        }

        return rendered;
    }

    private static void AddApiVersion(ConfigMapping rendered, RenderingContext context, SpecNode manager)
    {
        var version = ConfigAdditions.Lower(manager["apiVersion"].Text ?? "");
        var gate = version switch
        {
            "v1" => VersionGates.Alerting.ApiV1,
            "v2" => VersionGates.Alerting.ApiVersion,
            _ => null,
        };
        if (gate is not null && context.Admits(gate))
        {
            rendered.Add(gate.Name, version);
        }
    }

    private static ConfigSequence Rules(SpecNode manager, string role)
    {
        var rules = new ConfigSequence { Relabeling.Keep("__meta_kubernetes_service_name", manager["name"].Text ?? "") };
        if (manager["port"].NonEmptyText is { } name)
        {
            rules.Add(Relabeling.Keep($"{KubernetesDiscovery.EndpointLabel(role)}_port_name", name));
        }
        else if (manager["port"].WholeNumber is not (null or 0))
        {
            rules.Add(Relabeling.Keep("__meta_kubernetes_pod_container_port_number", manager["port"].ScalarText!));
        }

        rules.AddRange(Relabeling.OfDocument(manager["relabelings"]));
        return rules;
    }

    /// <summary>The name as a regular expression of Go (RE2) that matches it alone.</summary>
    private static string Literal(string name) => Regex.Replace(name, @"[\\.+*?()|\[\]{}^$]", @"\$0");
}
