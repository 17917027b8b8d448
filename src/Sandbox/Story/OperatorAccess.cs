using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Api;

namespace GitOpsOperator.Sandbox.Story;

/// <summary>The rights that deploy/ grants to the operator, for one that runs beside the cluster instead of in a pod: its service account's token.</summary>
internal static partial class OperatorAccess
{
    public const string Namespace = "gitops-operator-system";
    public const string Account = "gitops-operator";

    private static readonly string[] Manifests = ["namespace.yaml", "definitions.yaml", "service-account.yaml", "rbac.yaml", "prometheus/rbac.yaml"];

    /// <summary>Applies what grants the rights, and makes of the administrator's kubeconfig one of the account.</summary>
    /// <param name="kubectl">Runs kubectl as the administrator.</param>
    /// <param name="deploy">The folder of the manifests.</param>
    public static async Task GrantAsync(
        Func<IReadOnlyList<string>, CancellationToken, Task<string>> kubectl, string deploy, string administrator, string target, CancellationToken cancellationToken)
    {
        foreach (var manifest in Manifests)
        {
            await kubectl(["-n", Namespace, "apply", "-f", Path.Combine(deploy, manifest)], cancellationToken);
        }

        var token = (await kubectl(["-n", Namespace, "create", "token", Account, "--duration", "24h"], cancellationToken)).Trim();
        await Kubeconfig.WriteAsync(target, Token().Replace(await File.ReadAllTextAsync(administrator, cancellationToken), $"token: {token}"), cancellationToken);
    }

    /// <summary>The rules that the operator has not needed so far, one a line.</summary>
    public static async Task<IReadOnlyList<string>> UnusedAsync(Stage stage, CancellationToken cancellationToken) =>
        System.Text.Json.JsonSerializer.Deserialize<string[]>(await stage.KubectlAsync(["get", "--raw", $"/sandbox/unused-rules/{Namespace}/{Account}"], cancellationToken)) ?? [];

    [GeneratedRegex("token: .*")]
    private static partial Regex Token();
}
