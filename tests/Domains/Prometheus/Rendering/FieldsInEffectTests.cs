using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsOperator.Domains.Prometheus.Checking;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

/// <summary>
/// No field of the table is read and forgotten: of each, wherever it stands, two values that differ make something differ that is rendered,
/// or the document gets a finding that says that the field does nothing here. Documents are made from the table itself.
/// </summary>
[Trait("takes", "long")]
public sealed class FieldsInEffectTests
{
    /// <summary>What this test cannot see the effect of.</summary>
    private static readonly ImmutableSortedDictionary<string, string> Elsewhere = ImmutableSortedDictionary.CreateRange<string, string>([
        new("additionalAlertManagerConfigs.optional", "every Secret is there in this test; PrometheusAssemblyTests has one that is not"),
        new("additionalAlertRelabelConfigs.optional", "as above"),
        new("additionalScrapeConfigs.optional", "as above"),
        new("excludedFromEnforcement.group", "may be said, but there is only one"),
        new("paused", "the planner's; PrometheusRolloutTests"),
        new("storage.volumeClaimTemplate.apiVersion", "may be said, but there is only one"),
        new("storage.volumeClaimTemplate.kind", "may be said, but there is only one"),
        new("version", "every other field is tried with two of them"),
    ]);

    [Theory]
    [InlineData("Prometheus")]
    [InlineData("ServiceMonitor")]
    [InlineData("PodMonitor")]
    [InlineData("Probe")]
    [InlineData("PrometheusRule")]
    [InlineData("ScrapeConfig")]
    public async Task Every_field_changes_what_is_rendered_or_is_told_of(string kind)
    {
        var silent = new List<string>();
        var count = 0;
        foreach (
            var path in FieldPath
                .Of($"{kind}Spec")
                .Where(path => kind != MonitoringKind.Prometheus.Name || !Elsewhere.ContainsKey(path.ToString()))
        )
        {
            count++;
            if (!await HasEffectAsync(kind, path))
            {
                silent.Add(path.ToString());
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} fields of {kind}");
        Assert.True(silent.Count == 0, $"These change nothing, and no finding says so:\n{string.Join('\n', silent)}");
    }

    private static async Task<bool> HasEffectAsync(string kind, FieldPath path)
    {
        foreach (
            var (version, bases) in (IEnumerable<(string, Func<string, Dictionary<string, JsonObject>>)>)
                [("v3.99.0", Bases), ("v2.40.0", Bases), ("v3.99.0", InCompany)]
        )
        {
            string? first = null;
            foreach (var value in path.Values())
            {
                var rendered = await RenderAsync(kind, path, value, bases(version));
                if (rendered is null || (first is not null && rendered != first))
                {
                    return true;
                }

                first = rendered;
            }
        }

        return false;
    }

    /// <returns>Null where a finding says that the field has no effect.</returns>
    private static async Task<string?> RenderAsync(string kind, FieldPath path, JsonNode? value, Dictionary<string, JsonObject> documents)
    {
        path.Put((JsonObject)documents[kind]["spec"]!, value);
        var files = documents
            .Values.Select(
                (document, index) => new SourceFile($"clusters/{index}.yaml", "blob", Encoding.UTF8.GetBytes(document.ToJsonString()))
            )
            .ToList();
        var state = new DocumentReader(MonitoringKind.All).Read(files);
        if (state.Findings.Any(finding => finding.Rule == PrometheusRules.UnsupportedField.Id))
        {
            return null;
        }

        if (state.Findings.FirstOrDefault(finding => finding.Severity == FindingSeverity.Error) is { } error)
        {
            throw new InvalidOperationException($"{path}: {value?.ToJsonString()}: {error.Field}: {error.Message}");
        }

        var document = Assert.IsType<PrometheusDocument>(Assert.Single(state.Documents));
        var desired = new PrometheusDesired(
            document.Key,
            new OwnerId("default"),
            "https://git.example/clusters.git",
            "c0ffee05",
            document,
            DriftMode.Correct
        );
        using var promtool = new PromtoolCheck("/there/is/none");
        var rendered = await new PrometheusAssembly(promtool, new Everything()).RenderAsync(
            document,
            desired.Shards,
            TestContext.Current.CancellationToken
        );
        var objects = Enumerable
            .Range(0, desired.Shards)
            .Select(shard => PrometheusRendering.StatefulSet(desired, shard, desired.Replicas));
        if (rendered.Notes.Any(note => path.Steps.Any(step => note.Contains($"{step.Name} is not rendered", StringComparison.Ordinal))))
        {
            return null;
        }

        return JsonSerializer.Serialize(
            new
            {
                rendered.Files,
                rendered.Refusal,
                rendered.Selection,
                rendered.Notes,
                Objects = objects.Select(one => k8s.KubernetesJson.Serialize(one)),
            }
        );
    }

    private static Dictionary<string, JsonObject> Bases(string version) =>
        new(StringComparer.Ordinal)
        {
            ["Prometheus"] = Document(
                "v1",
                "Prometheus",
                $$"""
                {"version": "{{version}}", "replicas": 1, "shards": 2,
                 "serviceMonitorSelector": {}, "podMonitorSelector": {}, "probeSelector": {},
                 "scrapeConfigSelector": {}, "ruleSelector": {} }
                """
            ),
            ["ServiceMonitor"] = Document("v1", "ServiceMonitor", """{"selector": {}, "endpoints": [{"port": "web"}]}"""),
            ["PodMonitor"] = Document("v1", "PodMonitor", """{"selector": {}, "podMetricsEndpoints": [{"port": "web"}]}"""),
            ["Probe"] = Document(
                "v1",
                "Probe",
                """{"prober": {"url": "prober.example:9115"}, "module": "http_2xx", "targets": {"staticConfig": {"static": """
                    + """["https://example.org"]}}}"""
            ),
            ["PrometheusRule"] = Document(
                "v1",
                "PrometheusRule",
                """{"groups": [{"name": "one", "rules": [{"record": "a:b:c", "expr": "up"}]}]}"""
            ),
            ["ScrapeConfig"] = Document("v1alpha1", "ScrapeConfig", """{"staticConfigs": [{"targets": ["example.org:80"]}]}"""),
        };

    /// <summary>The same with what some fields do nothing without.</summary>
    private static Dictionary<string, JsonObject> InCompany(string version) =>
        new(StringComparer.Ordinal)
        {
            ["Prometheus"] = Document(
                "v1",
                "Prometheus",
                $$"""
                {
                  "version": "{{version}}", "replicas": 1, "shards": 2,
                  "serviceMonitorSelector": {}, "podMonitorSelector": {}, "probeSelector": {},
                 "scrapeConfigSelector": {}, "ruleSelector": {},
                  "storage": {"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "1Gi"} } } } },
                  "enforcedNamespaceLabel": "tenant", "enableRemoteWriteReceiver": true,
                  "excludedFromEnforcement":
                    [{"group": "monitoring.coreos.com", "resource": "servicemonitors", "namespace": "monitoring", "name": "main"}],
                  "scrapeClasses": [{"name": "one", "relabelings": [{"action": "replace", "targetLabel": "class", "replacement": "one"}] }],
                  "alerting": {"alertmanagers": [{"name": "main", "port": "web", "sigv4": {{AccessKeys}} }] },
                  "remoteWrite": [{"url": "https://example.org", "sigv4": {{AccessKeys}} }]
                }
                """
            ),
            ["ServiceMonitor"] = Document(
                "v1",
                "ServiceMonitor",
                """
                {
                  "selector": {"matchExpressions": [{"key": "team", "operator": "In", "values": ["a"]}]},
                  "namespaceSelector": {"any": true},
                  "scrapeClass": "one",
                  "endpoints": [{"honorLabels": true, "bearerTokenSecret": {"name": "token", "key": "token"}, "bearerTokenFile": "/token"}]
                }
                """
            ),
            ["PodMonitor"] = Document(
                "v1",
                "PodMonitor",
                """
                {
                  "selector": {"matchExpressions": [{"key": "team", "operator": "In", "values": ["a"]}]},
                  "namespaceSelector": {"any": true},
                  "podMetricsEndpoints": [{"honorLabels": true, "bearerTokenSecret": {"name": "token", "key": "token"} }]
                }
                """
            ),
            ["Probe"] = Document(
                "v1",
                "Probe",
                """
                {
                  "prober": {"url": "prober.example:9115"}, "module": "http_2xx", "bearerTokenSecret": {"name": "token", "key": "token"},
                  "targets": {"ingress": {"selector": {"matchExpressions": [{"key": "team", "operator": "In", "values": ["a"]}]} } }
                }
                """
            ),
            ["PrometheusRule"] = Document(
                "v1",
                "PrometheusRule",
                """{"groups": [{"name": "one", "rules": [{"record": "a:b:c", "expr": "up"}]}]}"""
            ),
            ["ScrapeConfig"] = Document(
                "v1alpha1",
                "ScrapeConfig",
                $$"""
                {"staticConfigs": [{"targets": ["example.org:80"]}], "ec2SDConfigs": [{{AccessKeys}}],
                 "lightSailSDConfigs": [{{AccessKeys}}]}
                """
            ),
        };

    private const string AccessKeys =
        """{"accessKey": {"name": "access", "key": "id"}, "secretKey": {"name": "access", "key": "secret"} }""";

    private static JsonObject Document(string version, string kind, string spec) =>
        new()
        {
            ["apiVersion"] = $"monitoring.coreos.com/{version}",
            ["kind"] = kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = "main",
                ["namespace"] = "monitoring",
                ["labels"] = new JsonObject { ["team"] = "a" },
            },
            ["spec"] = JsonNode.Parse(spec),
        };

    /// <summary>A cluster that has every Secret and every ConfigMap, with whatever entry is asked for.</summary>
    private sealed class Everything : IReferencedObjects
    {
        public Task<IReadOnlyDictionary<string, string>?> ReadAsync(ReferencedObject reference, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, string>?>(new Entries(reference));
    }

    private sealed class Entries(ReferencedObject reference) : IReadOnlyDictionary<string, string>
    {
        public string this[string key] => $"- {{job_name: \"{key} of {reference}\"}}";

        public IEnumerable<string> Keys => [];

        public IEnumerable<string> Values => [];

        public int Count => 0;

        public bool ContainsKey(string key) => true;

        public bool TryGetValue(string key, out string value)
        {
            value = this[key];
            return true;
        }

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
            Enumerable.Empty<KeyValuePair<string, string>>().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>A field and how one comes to it from <c>spec</c>.</summary>
    private sealed record FieldPath(ImmutableArray<FieldDefinition> Steps)
    {
        public static IEnumerable<FieldPath> Of(string type) => Below([], type);

        private static IEnumerable<FieldPath> Below(ImmutableArray<FieldDefinition> above, string type) =>
            MonitoringFields
                .Table.Of(type)
                .SelectMany(field =>
                {
                    var path = above.Add(field);
                    return Inner(field.Type) is { } structure && !path.SkipLast(1).Any(step => Inner(step.Type) == structure)
                        ? Below(path, structure)
                        : [new FieldPath(path)];
                });

        private static string? Inner(FieldType type) =>
            type switch
            {
                FieldType.Structure structure => structure.Name,
                FieldType.ListOf list => Inner(list.Item),
                FieldType.MapOf map => Inner(map.Value),
                _ => null,
            };

        private FieldDefinition Last => Steps[^1];

        /// <summary>Values of which each is another; null stands for none.</summary>
        public IEnumerable<JsonNode?> Values() => Last.IsRequired ? Several(Last) : Several(Last).Prepend(null);

        /// <summary>Values that the table has no word about: operators of selectors, and the namespace that everything here lies
        /// in.</summary>
        private static IEnumerable<JsonNode?> Several(FieldDefinition field) =>
            field switch
            {
                { Name: "operator", Type: FieldType.Text { Allowed.IsEmpty: true } } => [JsonValue.Create("In"), JsonValue.Create("NotIn")],
                { Name: "namespace", Type: FieldType.Text } => [JsonValue.Create("monitoring"), JsonValue.Create("another")],
                _ => Several(field.Type),
            };

        private static IEnumerable<JsonNode?> Several(FieldType type) =>
            type switch
            {
                FieldType.Text { Allowed: { IsEmpty: false } allowed } => allowed.Select(text => JsonValue.Create(text)),
                FieldType.Text => [JsonValue.Create("one"), JsonValue.Create("another")],
                FieldType.Simple { Type: SimpleType.Boolean } => [JsonValue.Create(true), JsonValue.Create(false)],
                FieldType.Simple { Type: SimpleType.Integer or SimpleType.Number or SimpleType.Scalar } =>
                [
                    JsonValue.Create(7),
                    JsonValue.Create(8),
                ],
                FieldType.Formatted { Format.Name: "duration" } => [JsonValue.Create("7s"), JsonValue.Create("8s")],
                FieldType.Formatted { Format.Name: "size" } => [JsonValue.Create("7MB"), JsonValue.Create("8MB")],
                FieldType.Simple => [new JsonObject { ["one"] = 1 }, new JsonObject { ["another"] = 2 }],
                FieldType.ListOf list => Several(list.Item).Select(item => new JsonArray(item?.DeepClone())),
                FieldType.MapOf map => Several(map.Value).Select(item => new JsonObject { ["key"] = item?.DeepClone() }),
                FieldType.Structure structure => [Minimal(structure.Name)],
                _ => throw new InvalidOperationException(type.ToString()),
            };

        private static JsonObject Minimal(string type) =>
            new(
                MonitoringFields
                    .Table.Of(type)
                    .Where(field => field.IsRequired)
                    .Select(field => KeyValuePair.Create(field.Name, Several(field).First()?.DeepClone()))
            );

        public void Put(JsonObject spec, JsonNode? value)
        {
            var at = spec;
            foreach (var step in Steps.SkipLast(1))
            {
                at = Enter(at, step.Name, step.Type);
            }

            if (value is null)
            {
                at.Remove(Last.Name);
            }
            else
            {
                at[Last.Name] = value.DeepClone();
            }
        }

        private static JsonObject Enter(JsonObject at, string name, FieldType type)
        {
            at[name] ??= type switch
            {
                FieldType.Structure structure => Minimal(structure.Name),
                FieldType.ListOf => new JsonArray(),
                _ => new JsonObject(),
            };
            return Enter(at[name]!, type);
        }

        private static JsonObject Enter(JsonNode node, FieldType type)
        {
            switch (type)
            {
                case FieldType.ListOf list:
                    var array = node.AsArray();
                    if (array.Count == 0)
                    {
                        array.Add(Empty(list.Item));
                    }

                    return Enter(array[0]!, list.Item);
                case FieldType.MapOf map:
                    var entries = node.AsObject();
                    if (entries.Count == 0)
                    {
                        entries["key"] = Empty(map.Value);
                    }

                    return Enter(entries.First().Value!, map.Value);
                default:
                    return node.AsObject();
            }
        }

        private static JsonNode Empty(FieldType type) =>
            type switch
            {
                FieldType.Structure structure => Minimal(structure.Name),
                FieldType.ListOf => new JsonArray(),
                _ => new JsonObject(),
            };

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{string.Join('.', Steps.Select(step => step.Name))}");
    }
}
