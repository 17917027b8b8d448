using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Api;

namespace GitOpsOperator.Demo.Environments;

/// <summary>The rights that deploy/ grants to the operator, for one that runs beside the cluster instead of in a pod: its service account's
/// token.</summary>
internal static partial class OperatorAccess
{
    public const string Namespace = "gitops-operator-system";
    public const string Account = "gitops-operator";

    private static readonly string[] Manifests =
    [
        "namespace.yaml",
        "definitions.yaml",
        "service-account.yaml",
        "rbac.yaml",
        "prometheus/definitions.yaml",
        "prometheus/rbac.yaml",
    ];

    /// <summary>Applies what grants the rights, and makes of the administrator's kubeconfig one of the account.</summary>
    /// <param name="kubectl">Runs kubectl as the administrator.</param>
    /// <param name="deploy">The folder of the manifests.</param>
    public static async Task GrantAsync(
        Func<IReadOnlyList<string>, CancellationToken, Task<string>> kubectl,
        string deploy,
        string administrator,
        string target,
        CancellationToken cancellationToken
    )
    {
        foreach (var manifest in Manifests)
        {
            await kubectl(["-n", Namespace, "apply", "-f", Path.Combine(deploy, manifest)], cancellationToken);
        }

        // Not by `kubectl create token`: it speaks protobuf there, which the sandbox's API server does not.
        var request = target + ".request.json";
        await File.WriteAllTextAsync(
            request,
            """{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": """
                + """[], "expirationSeconds": 86400} }""",
            cancellationToken
        );
        var answer = await kubectl(
            ["create", "--raw", $"/api/v1/namespaces/{Namespace}/serviceaccounts/{Account}/token", "-f", request],
            cancellationToken
        );
        var token =
            JsonNode.Parse(answer)?["status"]?["token"]?.GetValue<string>()
            ?? throw new DemoFailedException($"No token was given: {answer}");
        await Kubeconfig.WriteAsync(
            target,
            Token().Replace(await File.ReadAllTextAsync(administrator, cancellationToken), $"token: {token}"),
            cancellationToken
        );
    }

    /// <summary>The rules that the operator has not needed so far, one a line.</summary>
    public static async Task<IReadOnlyList<string>> UnusedAsync(SandboxEnvironment environment, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<string[]>(
            await environment.KubectlAsync(["get", "--raw", $"/sandbox/unused-rules/{Namespace}/{Account}"], cancellationToken)
        ) ?? [];

    [GeneratedRegex("token: .*")]
    private static partial Regex Token();
}
