using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary><c>remote_write</c>: where samples are sent as well.</summary>
internal static class RemoteWriteSection
{
    public static void AddTo(ConfigMapping configuration, RenderingContext context)
    {
        var targets = context.Spec["remoteWrite"];
        if (targets.Count > 0)
        {
            configuration.Add("remote_write", new ConfigSequence(targets.Items.Select((target, index) => Render(context, target, index))));
        }
    }

    private static ConfigMapping Render(RenderingContext context, SpecNode target, int index)
    {
        var space = context.Input.Namespace;
        context.Job = $"remoteWrite[{index}]";
        var rendered = new ConfigMapping { { "url", target["url"].Text ?? "" } };
        rendered.Copy("remote_timeout", target["remoteTimeout"]);
        rendered.CopyNonEmpty(context, VersionGates.RemoteWrite.Headers, target["headers"]);
        rendered.CopyNonEmpty(context, VersionGates.RemoteWrite.Name, target["name"]);
        if (target["messageVersion"].Text is { } message && context.Admits(VersionGates.RemoteWrite.ProtobufMessage))
        {
            rendered.Add(
                VersionGates.RemoteWrite.ProtobufMessage.Name,
                message == "V2.0" ? "io.prometheus.write.v2.Request" : "prometheus.WriteRequest"
            );
        }

        rendered.Copy(context, VersionGates.RemoteWrite.SendExemplars, target["sendExemplars"]);
        rendered.Copy(context, VersionGates.RemoteWrite.SendNativeHistograms, target["sendNativeHistograms"]);
        if (target["writeRelabelConfigs"].Count > 0)
        {
            rendered.Add("write_relabel_configs", Relabeling.OfDocument(target["writeRelabelConfigs"]));
        }

        AddAccess(rendered, context, space, target);
        rendered.AddSigv4(context, VersionGates.RemoteWrite.Sigv4, space, target["sigv4"]);
        AddAzureAd(rendered, context, space, target["azureAd"]);
        rendered.Copy(context, VersionGates.FollowRedirects, target["followRedirects"]);
        rendered.Copy(context, VersionGates.EnableHttp2, target["enableHTTP2"]);
        AddQueue(rendered, context, target["queueConfig"]);
        AddMetadata(rendered, context, target["metadataConfig"]);
        rendered.Copy(context, VersionGates.RemoteWrite.RoundRobinDns, target["roundRobinDNS"]);
        return rendered;
    }

    /// <summary>Also of <c>remote_read</c>.</summary>
    public static void AddAccess(ConfigMapping rendered, RenderingContext context, string space, SpecNode target)
    {
        rendered.AddBasicAuth(context, space, target["basicAuth"]);
        rendered.CopyNonEmpty("bearer_token", target["bearerToken"]);
        rendered.CopyNonEmpty("bearer_token_file", target["bearerTokenFile"]);
        rendered.AddOAuth2(context, space, target["oauth2"]);
        TlsSettings.WithFiles(target["tlsConfig"]).AddTo(rendered, context, space);
        rendered.AddAuthorization(context, space, target["authorization"]);
        rendered.AddProxy(context, space, target);
    }

    private static void AddAzureAd(ConfigMapping rendered, RenderingContext context, string space, SpecNode azure)
    {
        if (!azure.Exists || !context.Admits(VersionGates.RemoteWrite.AzureAd))
        {
            return;
        }

        var ad = new ConfigMapping();
        if (azure["managedIdentity"] is { Exists: true } managed)
        {
            var identity = new ConfigMapping();
            identity.CopyNonEmpty("client_id", managed["clientId"]);
            ad.Add("managed_identity", identity);
        }

        if (
            azure["oauth"] is { Exists: true } oauth
            && context.Secret(space, oauth["clientSecret"]) is { } secret
            && context.Admits(VersionGates.RemoteWrite.AzureOAuth)
        )
        {
            ad.Add(
                "oauth",
                new ConfigMapping
                {
                    { "client_id", oauth["clientId"].Text ?? "" },
                    { "client_secret", secret },
                    { "tenant_id", oauth["tenantId"].Text ?? "" },
                }
            );
        }

        if (azure["sdk"] is { Exists: true } sdk && context.Admits(VersionGates.RemoteWrite.AzureSdk))
        {
            ad.Add("sdk", new ConfigMapping { { "tenant_id", sdk["tenantId"].Text ?? "" } });
        }

        if (azure["workloadIdentity"] is { Exists: true } workload && context.Admits(VersionGates.RemoteWrite.AzureWorkloadIdentity))
        {
            ad.Add(
                "workload_identity",
                new ConfigMapping { { "client_id", workload["clientId"].Text ?? "" }, { "tenant_id", workload["tenantId"].Text ?? "" } }
            );
        }

        ad.Copy("cloud", azure["cloud"]);
        ad.CopyNonEmpty(context, VersionGates.RemoteWrite.AzureScope, azure["scope"]);
        rendered.Add(VersionGates.RemoteWrite.AzureAd.Name, ad);
    }

    private static void AddQueue(ConfigMapping rendered, RenderingContext context, SpecNode settings)
    {
        if (!settings.Exists)
        {
            return;
        }

        var queue = new ConfigMapping();
        queue.CopyNonEmpty("capacity", settings["capacity"]);
        queue.CopyNonEmpty(context, VersionGates.RemoteWrite.MinShards, settings["minShards"]);
        queue.CopyNonEmpty("max_shards", settings["maxShards"]);
        queue.CopyNonEmpty("max_samples_per_send", settings["maxSamplesPerSend"]);
        queue.Copy("batch_send_deadline", settings["batchSendDeadline"]);
        queue.CopyNonEmpty(context, VersionGates.RemoteWrite.MaxRetries, settings["maxRetries"]);
        queue.Copy("min_backoff", settings["minBackoff"]);
        queue.Copy("max_backoff", settings["maxBackoff"]);
        queue.CopyNonEmpty(context, VersionGates.RemoteWrite.RetryOnHttp429, settings["retryOnRateLimit"]);
        queue.Copy(context, VersionGates.RemoteWrite.SampleAgeLimit, settings["sampleAgeLimit"]);
        rendered.Add("queue_config", queue);
    }

    private static void AddMetadata(ConfigMapping rendered, RenderingContext context, SpecNode settings)
    {
        if (settings.Exists && context.Admits(VersionGates.RemoteWrite.MetadataConfig))
        {
            var metadata = new ConfigMapping { { "send", settings["send"].Boolean == true } };
            metadata.CopyNonEmpty("send_interval", settings["sendInterval"]);
            metadata.Copy(context, VersionGates.RemoteWrite.MetadataMaxSamples, settings["maxSamplesPerSend"]);
            rendered.Add(VersionGates.RemoteWrite.MetadataConfig.Name, metadata);
        }
    }
}
