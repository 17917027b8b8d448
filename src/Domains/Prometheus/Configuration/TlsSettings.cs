using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// <c>tls_config</c>: certificates come from Secrets and ConfigMaps, which are mounted as files, or from files of the pod.
/// </summary>
/// <param name="Files">May name files of the pod (<c>caFile</c>); elsewhere only Secrets and ConfigMaps are read.</param>
internal readonly record struct TlsSettings(SpecNode Tls, SpecNode Defaults, bool Files)
{
    /// <summary>Where certificates and keys are mounted: the folder of upstream.</summary>
    public const string AssetFolder = "/etc/prometheus/certs";

    /// <summary>Of a field whose certificates come from Secrets and ConfigMaps alone.</summary>
    public static TlsSettings FromSecrets(SpecNode tls) => new(tls, default, Files: false);

    public static TlsSettings WithFiles(SpecNode tls) => new(tls, default, Files: true);

    /// <summary>A job's own settings first; what it leaves open comes from its scrape class.</summary>
    public static TlsSettings OfJob(SpecNode tls, SpecNode scrapeClass)
    {
        var defaults = scrapeClass["tlsConfig"];
        return tls.Exists ? new(tls, defaults, Files: true) : new(defaults, default, Files: true);
    }

    /// <summary>As <see cref="OfJob"/>, for fields where settings that say nothing are as good as none.</summary>
    public static TlsSettings OfJobUnlessBlank(SpecNode tls, SpecNode scrapeClass) => OfJob(tls.IsBlank ? default : tls, scrapeClass);

    public void AddTo(ConfigMapping target, RenderingContext context, string space)
    {
        if (!Tls.Exists)
        {
            return;
        }

        var rendered = new ConfigMapping();
        rendered.Copy("insecure_skip_verify", Tls["insecureSkipVerify"]);
        AddAsset(rendered, context, space, "ca", Tls["ca"]);
        AddAsset(rendered, context, space, "cert", Tls["cert"]);
        if (Tls["keySecret"].Exists)
        {
            AddValue(rendered, context, "key", isSecret: true, space, Tls["keySecret"]);
        }

        rendered.CopyNonEmpty("server_name", Tls["serverName"]);
        rendered.Copy(context, VersionGates.Access.TlsMinVersion, Tls["minVersion"]);
        rendered.Copy(context, VersionGates.Access.TlsMaxVersion, Tls["maxVersion"]);
        if (Files)
        {
            AddFile(rendered, "ca_file", "caFile", hasAsset: !Tls["ca"].IsBlank);
            AddFile(rendered, "cert_file", "certFile", hasAsset: !Tls["cert"].IsBlank);
            AddFile(rendered, "key_file", "keyFile", hasAsset: Tls["keySecret"].Exists);
        }

        target.Add("tls_config", rendered);
    }

    private void AddFile(ConfigMapping rendered, string key, string field, bool hasAsset)
    {
        if ((Tls[field].NonEmptyText ?? (hasAsset ? null : Defaults[field].NonEmptyText)) is { } file)
        {
            rendered.Add(key, file);
        }
    }

    private static void AddAsset(ConfigMapping rendered, RenderingContext context, string space, string key, SpecNode choice)
    {
        if (choice["secret"].Exists || choice["configMap"].Exists)
        {
            AddValue(
                rendered,
                context,
                key,
                choice["secret"].Exists,
                space,
                choice["secret"].Exists ? choice["secret"] : choice["configMap"]
            );
        }
    }

    private static void AddValue(
        ConfigMapping rendered,
        RenderingContext context,
        string key,
        bool isSecret,
        string space,
        SpecNode selector
    )
    {
        if (!context.Input.Options.InlineTls)
        {
            rendered.Add(key + "_file", $"{AssetFolder}/{context.File(isSecret, space, selector)}");
        }
        else if ((isSecret ? context.Secret(space, selector) : context.ConfigMap(space, selector)) is { } value)
        {
            rendered.Add(key, value);
        }
    }
}
