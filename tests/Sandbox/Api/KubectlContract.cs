using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Tests.Api;

[Trait("starts", "processes")]
public sealed class KubectlInProcess(InProcessApi api) : KubectlContract(api);

[Trait("starts", "processes")]
public sealed class KubectlOnRealKubernetes(RealApi api) : KubectlContract(api);

/// <summary>The commands that a user of the sandbox types. Any kubectl will do: the one beside the real server's binaries, the one that
/// KUBECTL names, or the first on PATH.</summary>
public abstract class KubectlContract(ApiUnderTest api)
{
    private const string Manifest = """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          serviceName: web
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: main, image: "registry.example/etcd:3.5.16", ports: [{containerPort: 2379}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {a: "1", b: "2"}

        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_prints_a_table()
    {
        await using var kubectl = await KubectlAsync();
        await kubectl.RunAsync(Manifest, "apply", "--server-side", "-f", "-");
        var sets = (await kubectl.RunAsync(null, "get", "statefulsets")).Split('\n').Select(Words).ToList();
        Assert.Equal(["NAME", "READY", "AGE"], sets[0]);
        Assert.Equal(["web", "0/2"], sets[1][..2]);
        var map = (await kubectl.RunAsync(null, "get", "configmap", "settings")).Split('\n').Select(Words).ToList();
        Assert.Equal(["NAME", "DATA", "AGE"], map[0]);
        Assert.Equal(["settings", "2"], map[1][..2]);
        Assert.Equal(
            "registry.example/etcd:3.5.16",
            await kubectl.RunAsync(null, "get", "sts", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}")
        );
    }

    [Fact]
    public async Task Get_w_follows_changes()
    {
        await using var kubectl = await KubectlAsync();
        using var watch = kubectl.Start("get", "configmaps", "-w", "--output-watch-events", "--field-selector", "metadata.name=settings");
        await kubectl.RunAsync(Manifest, "apply", "--server-side", "-f", "-");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        await ReadUntilAsync("ADDED");
        await kubectl.RunAsync(null, "label", "configmap", "settings", "seen=yes");
        await ReadUntilAsync("MODIFIED");
        await kubectl.RunAsync(null, "delete", "configmap", "settings");
        await ReadUntilAsync("DELETED");
        watch.Kill();
        await watch.WaitForExitAsync(Ct);

        async Task ReadUntilAsync(string type)
        {
            string? line;
            do
            {
                line = await watch.StandardOutput.ReadLineAsync(deadline.Token);
                Assert.NotNull(line);
            } while (Words(line) is not [var first, "settings", ..] || first != type);
        }
    }

    [Fact]
    public async Task Apply_server_side_creates_changes_and_reports_conflicts()
    {
        await using var kubectl = await KubectlAsync();
        Assert.Contains(
            "statefulset.apps/web serverside-applied",
            await kubectl.RunAsync(Manifest, "apply", "--server-side", "-f", "-"),
            StringComparison.Ordinal
        );
        await kubectl.RunAsync(
            Manifest.Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal),
            "apply",
            "--server-side",
            "-f",
            "-"
        );
        Assert.Equal("3", await kubectl.RunAsync(null, "get", "sts", "web", "-o", "jsonpath={.spec.replicas}"));
        var (exit, told) = await kubectl.TryAsync(Manifest, "apply", "--server-side", "--field-manager=other", "-f", "-");
        Assert.Equal(1, exit);
        Assert.Contains("conflict with \"kubectl\"", told, StringComparison.Ordinal);
        Assert.Contains(".spec.replicas", told, StringComparison.Ordinal);
        await kubectl.RunAsync(Manifest, "apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-");
        Assert.Equal("2", await kubectl.RunAsync(null, "get", "sts", "web", "-o", "jsonpath={.spec.replicas}"));
    }

    [Fact]
    public async Task Apply_refuses_a_field_that_the_kind_does_not_have()
    {
        await using var kubectl = await KubectlAsync();
        var (exit, told) = await kubectl.TryAsync(
            Manifest.Replace("serviceName", "servceName", StringComparison.Ordinal),
            "apply",
            "--server-side",
            "-f",
            "-"
        );
        Assert.Equal(1, exit);
        Assert.Contains("servceName", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Label_scale_and_delete_work()
    {
        await using var kubectl = await KubectlAsync();
        await kubectl.RunAsync(Manifest, "apply", "--server-side", "-f", "-");
        await kubectl.RunAsync(null, "label", "sts", "web", "tier=back");
        await kubectl.RunAsync(null, "scale", "sts", "web", "--replicas=5");
        Assert.Equal(
            "back 5",
            await kubectl.RunAsync(null, "get", "sts", "web", "-o", "jsonpath={.metadata.labels.tier} {.spec.replicas}")
        );
        Assert.Contains("web", await kubectl.RunAsync(null, "get", "sts", "-l", "tier=back", "-o", "name"), StringComparison.Ordinal);
        await kubectl.RunAsync(Manifest, "delete", "-f", "-");
        Assert.Equal("", await kubectl.RunAsync(null, "get", "sts", "-o", "name"));
    }

    /// <summary>One after the other, since each leaves something for those that follow; all that end otherwise are told together.</summary>
    [Fact]
    public async Task What_newcomers_type_ends_as_on_a_real_server()
    {
        await using var kubectl = await KubectlAsync();
        var input = Path.Combine(kubectl.Folder, "input.yaml");
        await File.WriteAllTextAsync(input, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: b}\n", Ct);
        var version = JsonNode.Parse(await kubectl.RunAsync(null, "get", "--raw", "/version"))!["minor"]!.ToString();
        var minor = int.Parse(version.TrimEnd('+'), CultureInfo.InvariantCulture);
        var otherwise = new List<string>();
        foreach (var command in KubectlCommands.All.Where(command => command.Since <= minor))
        {
            string Filled(string text) =>
                text.Replace("NAMESPACE", kubectl.Namespace, StringComparison.Ordinal).Replace("INPUT", input, StringComparison.Ordinal);
            var (exit, output) = await kubectl.TryAsync(null, Filled(command.Line).Split(' '));
            if (
                exit != command.Exit
                || !string.Join(' ', Words(output.ReplaceLineEndings(" "))).Contains(Filled(command.Says), StringComparison.Ordinal)
            )
            {
                otherwise.Add($"kubectl {command.Line}\n  ends with {exit}, desired {command.Exit}, {command.Says}:\n  {output}");
            }
        }

        Assert.True(otherwise.Count == 0, string.Join('\n', otherwise));
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private async Task<KubectlRunner> KubectlAsync()
    {
        var config = await api.KubeconfigAsync(Ct);
        var program = KubectlRunner.Find();
        Assert.SkipUnless(
            program is not null,
            "no kubectl: KUBECTL names none, none is beside KUBEBUILDER_ASSETS' binaries and none on PATH; `make kube` fetches one"
        );
        using var session = await ApiSession.OpenAsync(api, Ct);
        return await KubectlRunner.CreateAsync(program!, config, session.Namespace, Ct);
    }
}
