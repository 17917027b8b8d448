namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>Figures and keys that writing and reading of a Prometheus' objects share.</summary>
public static class PrometheusLimits
{
    /// <summary>
    /// Rule ConfigMaps that pods mount whether they exist or not, so that rules can grow without a restart; upstream's number.
    /// </summary>
    public const int RuleMaps = 3;

    /// <summary>Bytes of rule files in one ConfigMap: half of what Kubernetes takes, as upstream.</summary>
    public const int RuleMapBytes = 512 << 10;

    /// <summary>Bytes of a configuration: Kubernetes takes 1 MiB in a Secret, keys and metadata included.</summary>
    public const int ConfigurationBytes = 1000 << 10;

    /// <summary>Digest of the files that a Secret or ConfigMap was written with.</summary>
    public const string DigestAnnotation = "gitops-operator.dev/files-digest";
}
