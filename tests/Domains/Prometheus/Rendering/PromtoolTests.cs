using System.Text.RegularExpressions;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

/// <summary>Every configuration that we render is checked by the promtool that matches its version best.</summary>
[Trait("starts", "processes")]
public sealed partial class PromtoolTests(ITestOutputHelper output)
{
    /// <summary>
    /// What promtool may say against a file, and why that is no fault of the rendering. Fields are named one by one: one that no Prometheus
    /// knows is a fault.
    /// </summary>
    private static readonly (Regex Words, string Reason)[] Exceptions =
    [
        (new("field (azure|consul|kuma|nomad|openstack)_sd_configs not found"), "this promtool was built without that service discovery"),
        (new("field azuread not found"), "this promtool was built without Azure"),
        (
            new("field (protobuf_message|otlp|match_first_network|max_retries) not found"),
            "known to the document's release, of which there is no promtool"
        ),
        (new("field gce_sd_config not found"), "the text of additionalScrapeConfigs has that slip"),
        (new("if proxy_from_environment is configured, proxy_url must not be configured"), "the document has both"),
        (new("requires 'target_label' value"), "the document's rule has no target label"),
        (new("provide the 'api_server' URL explicitly"), "the document has credentials for no API server"),
        (new("invalid access key format"), "the document's key is none"),
        (new("empty duration string"), "the document has no interval, which the API server would have put in"),
        (new("validation scheme is not set to UTF8"), "the document asks for old names and new protocols"),
        (new("no address|is not a valid hostname"), "the document's target is none"),
        (new("eureka_sd: (invalid|empty or null) eureka server"), "the document's server is none"),
        (new("node role supports only node selectors"), "the document selects pods of a node"),
        (new("is not a valid label name"), "the document's external label is none"),
    ];

    [Fact]
    public Task Promtool_accepts_our_own_cases() => AcceptsAsync([.. OwnCase.Names.Select(name => (name, OwnCase.Read(name)))]);

    [Fact]
    public Task Promtool_accepts_what_we_render_for_the_documents_of_upstream()
    {
        Assert.SkipWhen(
            UpstreamCase.Folder is null,
            "no folder of golden cases: GOLDEN_DIR names none, and there is no shared/golden beside or above the checkout"
        );
        return AcceptsAsync([
            .. Directory.GetFiles(UpstreamCase.Folder!, "*.input.json").Select(file => (Path.GetFileName(file), UpstreamCase.Read(file))),
        ]);
    }

    private async Task AcceptsAsync((string Name, RenderingInput Input)[] cases)
    {
        Assert.SkipWhen(
            Promtool.Versions.Count == 0,
            "no promtool in .cache/binaries/prometheus; `scripts/binaries.sh prometheus` fetches some"
        );
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(5));
        var folder = Directory.CreateTempSubdirectory("promtool-");
        try
        {
            var (refused, excused) = (0, 0);
            foreach (var ((name, input), index) in cases.Select((item, index) => (item, index)))
            {
                var file = Path.Combine(folder.FullName, $"{index}.yml");
                var text = ShardConfiguration.TextOf(PrometheusConfiguration.Render(input).Configuration!, 0);
                await File.WriteAllTextAsync(file, text, deadline.Token);
                if (await RefusalAsync(input.Version, file, deadline.Token) is { } words)
                {
                    var reason = Exceptions.FirstOrDefault(exception => exception.Words.IsMatch(words)).Reason;
                    output.WriteLine($"{name}: {reason ?? "REFUSED"}: {words}");
                    (refused, excused) = reason is null ? (refused + 1, excused) : (refused, excused + 1);
                }
            }

            output.WriteLine(
                $"promtool: {cases.Length - refused - excused} of {cases.Length} accepted, {excused} not for a reason above, "
                    + $"{refused} refused"
            );
            Assert.Equal(0, refused);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A promtool that was built without a service discovery cannot judge a file that has it: the next one is asked.</summary>
    private static async Task<string?> RefusalAsync(PrometheusVersion version, string file, CancellationToken cancellationToken)
    {
        var words = "no promtool of this major version";
        foreach (var candidate in Promtool.Matching(version))
        {
            if (await Promtool.CheckAsync(candidate, file, cancellationToken) is not { } refusal)
            {
                return null;
            }

            words = $"promtool {candidate}: {refusal}";
            if (!DiscoveryNotBuiltIn().IsMatch(refusal))
            {
                break;
            }
        }

        return words;
    }

    [GeneratedRegex(@"field [a-z0-9]+_sd_configs not found in type")]
    private static partial Regex DiscoveryNotBuiltIn();
}
