using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Tests.Api;

/// <summary>Objects that the tests write, and reading the server's refusals.</summary>
internal static class Samples
{
    public static V1ConfigMap ConfigMap(string name, params (string Key, string Value)[] data) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = new V1ObjectMeta { Name = name },
            Data = data.ToDictionary(pair => pair.Key, pair => pair.Value),
        };

    public static V1Pod Pod(string name, Dictionary<string, string>? labels = null, string? node = null) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta { Name = name, Labels = labels },
            Spec = new V1PodSpec
            {
                NodeName = node,
                Containers = [new V1Container { Name = "main", Image = "registry.example/etcd:3.5.16" }],
            },
        };

    public static V1StatefulSet StatefulSet(string name, int replicas = 1) =>
        new()
        {
            ApiVersion = "apps/v1",
            Kind = "StatefulSet",
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1StatefulSetSpec
            {
                Replicas = replicas,
                ServiceName = name,
                Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = name } },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = name } },
                    Spec = new V1PodSpec
                    {
                        Containers =
                        [
                            new V1Container
                            {
                                Name = "etcd",
                                Image = "registry.example/etcd:3.5.16",
                                Ports =
                                [
                                    new V1ContainerPort
                                    {
                                        Name = "client",
                                        ContainerPort = 2379,
                                        Protocol = "TCP",
                                    },
                                ],
                                Env = [new V1EnvVar { Name = "A", Value = "1" }],
                            },
                        ],
                    },
                },
                VolumeClaimTemplates = [Claim("data")],
            },
        };

    public static V1PersistentVolumeClaim Claim(string name) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "PersistentVolumeClaim",
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1PersistentVolumeClaimSpec
            {
                AccessModes = ["ReadWriteOnce"],
                Resources = new V1VolumeResourceRequirements
                {
                    Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new("1Gi") },
                },
            },
        };

    public static V1OwnerReference Owner(IKubernetesObject<V1ObjectMeta> owner, bool blocks = false) =>
        new()
        {
            ApiVersion = owner.ApiVersion ?? "v1",
            Kind = owner.Kind ?? "ConfigMap",
            Name = owner.Metadata.Name,
            Uid = owner.Metadata.Uid,
            BlockOwnerDeletion = blocks,
        };

    /// <summary>The refusal's Status: its code and reason, and the message and causes.</summary>
    public static async Task<V1Status> RefusalAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<HttpOperationException>(call);
        var status = KubernetesJson.Deserialize<V1Status>(error.Response.Content);
        Assert.Equal("Failure", status.Status);
        Assert.Equal((int)error.Response.StatusCode, status.Code);
        return status;
    }

    /// <summary>Asks again until it is so: what controllers do, they do in their own time.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> holds, string what, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            Assert.False(deadline.IsCancellationRequested, $"waited 60 s in vain until {what}");
            await Task.Delay(50, cancellationToken);
        }
    }

    public static async Task<bool> GoneAsync(Func<Task> read)
    {
        try
        {
            await read();
            return false;
        }
        catch (HttpOperationException error) when (error.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return true;
        }
    }
}
