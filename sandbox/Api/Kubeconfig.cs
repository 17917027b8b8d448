using System.Text;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>The kubeconfig of an administrator who has a token.</summary>
internal static class Kubeconfig
{
    public static string Of(string url, string authorityPem, string token) =>
        $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: sandbox
              cluster:
                server: {url}
                certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(authorityPem))}
            users:
            - name: sandbox
              user:
                token: {token}
            contexts:
            - name: sandbox
              context:
                cluster: sandbox
                user: sandbox
            current-context: sandbox

            """;

    /// <summary>Writes a kubeconfig so that only its owner can read it: it holds the token.</summary>
    public static async Task WriteAsync(string path, string yaml, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(path, options);
        await file.WriteAsync(Encoding.UTF8.GetBytes(yaml), cancellationToken);
    }
}
