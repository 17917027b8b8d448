using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary><c>otlp</c>: how metrics that are pushed by OpenTelemetry's protocol become series.</summary>
internal static class OtlpSection
{
    public static void AddTo(ConfigMapping configuration, RenderingContext context)
    {
        var settings = context.Spec["otlp"];
        if (!settings.Exists)
        {
            return;
        }

        context.Job = "otlp";
        Check(context, settings);
        var otlp = new ConfigMapping();
        otlp.CopyNonEmpty(context, VersionGates.Otlp.PromoteAttributes, settings["promoteResourceAttributes"]);
        otlp.Copy(context, VersionGates.Otlp.TranslationStrategy, settings["translationStrategy"]);
        otlp.Copy(context, VersionGates.Otlp.KeepIdentifyingAttributes, settings["keepIdentifyingResourceAttributes"]);
        otlp.Copy(context, VersionGates.Otlp.ConvertHistograms, settings["convertHistogramsToNHCB"]);
        otlp.Copy(context, VersionGates.Otlp.PromoteAllAttributes, settings["promoteAllResourceAttributes"]);
        otlp.CopyNonEmpty(context, VersionGates.Otlp.IgnoreResourceAttributes, settings["ignoreResourceAttributes"]);
        otlp.Copy(context, VersionGates.Otlp.PromoteScopeMetadata, settings["promoteScopeMetadata"]);
        otlp.Copy(context, VersionGates.Otlp.UnderscoreSanitization, settings["labelNameUnderscoreSanitization"]);
        otlp.Copy(context, VersionGates.Otlp.PreserveUnderscores, settings["labelNamePreserveMultipleUnderscores"]);
        if (otlp.Count > 0)
        {
            configuration.Add("otlp", otlp);
        }
    }

    /// <summary>What would make Prometheus name series otherwise than the author meant is refused, not left out.</summary>
    private static void Check(RenderingContext context, SpecNode settings)
    {
        var strategy = settings["translationStrategy"].Text;
        Need(context, VersionGates.Otlp.Section, desired: true);
        Need(context, VersionGates.Otlp.NoTranslation, strategy == "NoTranslation");
        Need(context, VersionGates.Otlp.UnderscoresWithoutSuffixes, strategy == "UnderscoreEscapingWithoutSuffixes");
        if (strategy == "NoUTF8EscapingWithSuffixes" && context.Spec["nameValidationScheme"].Text == "Legacy")
        {
            context.Refuse(
                "nameValidationScheme Legacy allows no names that translationStrategy NoUTF8EscapingWithSuffixes makes; change one of "
                    + "the two"
            );
        }

        if (!VersionGates.Otlp.PromoteAllAttributes.Admits(context.Version))
        {
            return;
        }

        var promotesAll = settings["promoteAllResourceAttributes"].Boolean == true;
        if (promotesAll && settings["promoteResourceAttributes"].Count > 0)
        {
            context.Refuse("promoteAllResourceAttributes leaves nothing for promoteResourceAttributes to name; remove one of the two");
        }

        if (!promotesAll && settings["ignoreResourceAttributes"].Count > 0)
        {
            context.Refuse("ignoreResourceAttributes means something only with promoteAllResourceAttributes: true; set that, or remove it");
        }
    }

    private static void Need(RenderingContext context, VersionGate gate, bool desired)
    {
        if (desired && !gate.Admits(context.Version))
        {
            context.Refuse($"{gate.Name} needs Prometheus {gate.Since}; this is {context.Version}");
        }
    }
}
