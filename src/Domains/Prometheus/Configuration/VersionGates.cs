using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// The releases that know each key, from Prometheus' changelog and prometheus-operator's own gates. Keys that are in no table are as old as
/// the oldest Prometheus that is supported.
/// </summary>
internal static class VersionGates
{
    public static readonly VersionGate BodySizeLimit = Since("body_size_limit", "2.28.0");
    public static readonly VersionGate EnableCompression = Since("enable_compression", "2.49.0");
    public static readonly VersionGate EnableHttp2 = Since("enable_http2", "2.35.0");
    public static readonly VersionGate FallbackScrapeProtocol = Since("fallback_scrape_protocol", "3.0.0");
    public static readonly VersionGate FollowRedirects = Since("follow_redirects", "2.26.0");
    public static readonly VersionGate HonorTimestamps = Since("honor_timestamps", "2.9.0");
    public static readonly VersionGate NameEscapingScheme = Since("metric_name_escaping_scheme", "3.4.0");
    public static readonly VersionGate NameValidationScheme = Since("metric_name_validation_scheme", "3.0.0");
    public static readonly VersionGate ScrapeProtocols = Since("scrape_protocols", "2.49.0");
    public static readonly VersionGate TextProtocol1 = Since("scrape protocol PrometheusText1.0.0", "3.0.0-rc.0");
    public static readonly VersionGate TrackTimestampsStaleness = Since("track_timestamps_staleness", "2.48.0");

    public static class Access
    {
        public static readonly VersionGate Authorization = Since("authorization", "2.26.0");
        public static readonly VersionGate OAuth2 = Since("oauth2", "2.27.0");
        public static readonly VersionGate OAuth2ClientSettings = Since("oauth2: proxy and tls_config", "2.43.0");
        public static readonly VersionGate ProxySettings = Since("no_proxy, proxy_from_environment and proxy_connect_header", "2.43.0");
        public static readonly VersionGate TlsMaxVersion = Since("max_version", "2.41.0");
        public static readonly VersionGate TlsMinVersion = Since("min_version", "2.35.0");
    }

    public static class Histograms
    {
        public static readonly VersionGate AlwaysScrapeClassic = Since("always_scrape_classic_histograms", "3.0.0-0");
        public static readonly VersionGate BucketLimit = Since("native_histogram_bucket_limit", "2.45.0");
        public static readonly VersionGate ConvertClassic = Since("convert_classic_histograms_to_nhcb", "3.0.0");
        public static readonly VersionGate MinBucketFactor = Since("native_histogram_min_bucket_factor", "2.50.0");
        public static readonly VersionGate ScrapeClassic = Since("scrape_classic_histograms", "2.45.0");
        public static readonly VersionGate ScrapeNative = Since("scrape_native_histograms", "3.8.0");
    }

    public static class Global
    {
        public static readonly VersionGate BodySizeLimit = Since("body_size_limit", "2.45.0");
        public static readonly VersionGate AlwaysScrapeClassicHistograms = Since("always_scrape_classic_histograms", "3.5.0");
        public static readonly VersionGate ConvertClassicHistograms = Since("convert_classic_histograms_to_nhcb", "3.4.0");
        public static readonly VersionGate QueryLogFile = Since("query_log_file", "2.16.0");
        public static readonly VersionGate RuleQueryOffset = Since("rule_query_offset", "2.53.0");
        public static readonly VersionGate Runtime = Since("runtime", "2.53.0");
        public static readonly VersionGate ScrapeFailureLogFile = Since("scrape_failure_log_file", "2.55.0");
    }

    public static class Discovery
    {
        public static readonly VersionGate AttachMetadataToEndpoints = Since("attach_metadata", "2.37.0");
        public static readonly VersionGate AttachMetadataToPods = Since("attach_metadata", "2.35.0");
        public static readonly VersionGate DnsTypeMx = Since("type MX", "2.38.0");
        public static readonly VersionGate DnsTypeNs = Since("type NS", "2.49.0");
        public static readonly VersionGate DockerMatchFirstNetwork = Since("match_first_network", "2.54.1");
        public static readonly VersionGate Ec2Filters = Since("filters", "2.3.0");
        public static readonly VersionGate Ec2FollowRedirects = Since("follow_redirects", "2.41.0");
        public static readonly VersionGate Ec2EnableHttp2 = Since("enable_http2", "2.41.0");
        public static readonly VersionGate Ec2Tls = Since("tls_config", "2.41.0");
        public static readonly VersionGate EndpointSliceRole = Since("role", "2.21.0");
        public static readonly VersionGate HetznerLabelSelector = Since("label_selector", "3.5.0");
        public static readonly VersionGate Selectors = Since("selectors", "2.17.0");
    }

    public static class Alerting
    {
        public static readonly VersionGate AlertRelabelConfigs = Since("alert_relabel_configs", "2.51.0");
        public static readonly VersionGate ApiV1 = Until("api_version", "2.11.0", "3.0.0-0");
        public static readonly VersionGate ApiVersion = Since("api_version", "2.11.0");
        public static readonly VersionGate BasicAuth = Since("basic_auth", "2.26.0");
        public static readonly VersionGate Sigv4 = Since("sigv4", "2.48.0");
    }

    public static class Sigv4
    {
        public static readonly VersionGate ExternalId = Since("external_id", "3.11.0");
        public static readonly VersionGate UseFipsStsEndpoint = Since("use_fips_sts_endpoint", "2.54.0");
    }

    public static class RemoteRead
    {
        public static readonly VersionGate FilterExternalLabels = Since("filter_external_labels", "2.34.0");
        public static readonly VersionGate Headers = Since("headers", "2.26.0");
        public static readonly VersionGate Name = Since("name", "2.15.0");
    }

    public static class RemoteWrite
    {
        public static readonly VersionGate AzureAd = Since("azuread", "2.45.0");
        public static readonly VersionGate AzureOAuth = Since("oauth", "2.48.0");
        public static readonly VersionGate AzureScope = Since("scope", "3.9.0");
        public static readonly VersionGate AzureSdk = Since("sdk", "2.52.0");
        public static readonly VersionGate AzureWorkloadIdentity = Since("workload_identity", "3.7.0");
        public static readonly VersionGate Headers = Since("headers", "2.15.0");
        public static readonly VersionGate MaxRetries = Until("max_retries", "0.0.0", "2.11.0");
        public static readonly VersionGate MetadataConfig = Since("metadata_config", "2.23.0");
        public static readonly VersionGate MetadataMaxSamples = Since("max_samples_per_send", "2.29.0");
        public static readonly VersionGate MinShards = Since("min_shards", "2.6.0");
        public static readonly VersionGate Name = Since("name", "2.15.0");
        public static readonly VersionGate ProtobufMessage = Since("protobuf_message", "2.54.0");
        public static readonly VersionGate RetryOnHttp429 = Since("retry_on_http_429", "2.26.0");
        public static readonly VersionGate RoundRobinDns = Since("round_robin_dns", "3.1.0");
        public static readonly VersionGate SampleAgeLimit = Since("sample_age_limit", "2.50.0");
        public static readonly VersionGate SendExemplars = Since("send_exemplars", "2.27.0");
        public static readonly VersionGate SendNativeHistograms = Since("send_native_histograms", "2.40.0");
        public static readonly VersionGate Sigv4 = Since("sigv4", "2.26.0");
    }

    public static class Storage
    {
        public static readonly VersionGate ChunkEncoding = Since("chunk_encoding", "3.13.0");
        public static readonly VersionGate Exemplars = Since("exemplars", "2.29.0");
        public static readonly VersionGate OutOfOrderTimeWindow = Since("out_of_order_time_window", "2.39.0");
        public static readonly VersionGate Retention = Since("retention", "3.11.0");
        public static readonly VersionGate Section = Since("storage", "2.29.0");
        public static readonly VersionGate StaleSeriesCompaction = Since("stale_series_compaction_threshold", "3.10.0");
    }

    public static class Otlp
    {
        public static readonly VersionGate ConvertHistograms = Since("convert_histograms_to_nhcb", "3.4.0");
        public static readonly VersionGate IgnoreResourceAttributes = Since("ignore_resource_attributes", "3.5.0");
        public static readonly VersionGate KeepIdentifyingAttributes = Since("keep_identifying_resource_attributes", "3.1.0");
        public static readonly VersionGate PreserveUnderscores = Since("label_name_preserve_multiple_underscores", "3.8.0");
        public static readonly VersionGate PromoteAllAttributes = Since("promote_all_resource_attributes", "3.5.0");
        public static readonly VersionGate PromoteAttributes = Since("promote_resource_attributes", "2.55.0");
        public static readonly VersionGate PromoteScopeMetadata = Since("promote_scope_metadata", "3.6.0");
        public static readonly VersionGate Section = Since("otlp", "2.55.0");
        public static readonly VersionGate TranslationStrategy = Since("translation_strategy", "3.0.0");
        public static readonly VersionGate NoTranslation = Since("translation strategy NoTranslation", "3.4.0");
        public static readonly VersionGate UnderscoresWithoutSuffixes = Since(
            "translation strategy UnderscoreEscapingWithoutSuffixes",
            "3.6.0"
        );
        public static readonly VersionGate UnderscoreSanitization = Since("label_name_underscore_sanitization", "3.8.0");
    }

    public static VersionGate Since(string name, string version) => new(name, PrometheusVersion.Parse(version));

    private static VersionGate Until(string name, string since, string until) =>
        new(name, PrometheusVersion.Parse(since), PrometheusVersion.Parse(until));
}
