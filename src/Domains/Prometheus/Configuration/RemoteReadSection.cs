using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary><c>remote_read</c>: other stores that queries reach through this Prometheus.</summary>
internal static class RemoteReadSection
{
    public static void AddTo(ConfigMapping configuration, RenderingContext context)
    {
        var sources = context.Spec["remoteRead"];
        if (sources.Count > 0)
        {
            configuration.Add("remote_read", new ConfigSequence(sources.Items.Select((source, index) => Render(context, source, index))));
        }
    }

    private static ConfigMapping Render(RenderingContext context, SpecNode source, int index)
    {
        context.Job = $"remoteRead[{index}]";
        var rendered = new ConfigMapping { { "url", source["url"].Text ?? "" } };
        rendered.Copy("remote_timeout", source["remoteTimeout"]);
        rendered.CopyNonEmpty(context, VersionGates.RemoteRead.Headers, source["headers"]);
        rendered.CopyNonEmpty(context, VersionGates.RemoteRead.Name, source["name"]);
        rendered.CopyNonEmpty("required_matchers", source["requiredMatchers"]);
        rendered.CopyNonEmpty("read_recent", source["readRecent"]);
        RemoteWriteSection.AddAccess(rendered, context, context.Input.Namespace, source);
        rendered.Copy(context, VersionGates.FollowRedirects, source["followRedirects"]);
        rendered.Copy(context, VersionGates.RemoteRead.FilterExternalLabels, source["filterExternalLabels"]);
        return rendered;
    }
}
