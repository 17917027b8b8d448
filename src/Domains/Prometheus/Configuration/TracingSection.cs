namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary><c>tracing</c>: where Prometheus sends traces of itself.</summary>
internal static class TracingSection
{
    public static void AddTo(ConfigMapping configuration, RenderingContext context)
    {
        var settings = context.Spec["tracingConfig"];
        if (!settings.Exists)
        {
            return;
        }

        context.Job = "tracing";
        var tracing = new ConfigMapping { { "endpoint", settings["endpoint"].Text ?? "" } };
        tracing.CopyLower("client_type", settings["clientType"]);
        if (settings["samplingFraction"].Quantity is { } fraction)
        {
            if (fraction is < 0 or > 1)
            {
                context.Refuse($"samplingFraction {fraction} is no fraction; give 0 to 1");
            }

            tracing.Add("sampling_fraction", fraction);
        }

        tracing.Copy("insecure", settings["insecure"]);
        tracing.CopyNonEmpty("headers", settings["headers"]);
        tracing.CopyLower("compression", settings["compression"]);
        tracing.Copy("timeout", settings["timeout"]);
        TlsSettings.WithFiles(settings["tlsConfig"]).AddTo(tracing, context, context.Input.Namespace);
        configuration.Add("tracing", tracing);
    }
}
