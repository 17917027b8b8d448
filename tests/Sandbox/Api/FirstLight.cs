using GitOpsOperator.Sandbox.Api;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Api;

public sealed class FirstLight
{
    [Fact]
    public async Task An_object_can_be_created_and_read()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var server = await ApiServer.StartAsync(new ApiServerOptions(), ct);
        using var client = new Kubernetes(server.ClientConfiguration());
        var made = await client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new() { Name = "a" }, Data = new Dictionary<string, string> { ["x"] = "1" } }, "default", cancellationToken: ct);
        Assert.Equal("1", (await client.CoreV1.ReadNamespacedConfigMapAsync("a", "default", cancellationToken: ct)).Data["x"]);
        Assert.NotNull(made.Metadata.Uid);
        if (Environment.GetEnvironmentVariable("HOLD") is { } hold)
        {
            await server.WriteKubeconfigAsync(hold, ct);
            while (File.Exists(hold)) await Task.Delay(500, ct);
        }
    }
}
