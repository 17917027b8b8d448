using System.Text.Json;

namespace GitOpsOperator.TestKit.GitHub;

/// <summary>
/// GitHub's own description of its API, as scripts/github-api.sh fetches it. Where it cannot be had, what needs it is skipped and says so.
/// </summary>
public static class PublishedDescription
{
    public const string Skipped =
        "GitHub's description of its API is not here: run scripts/github-api.sh, or name a copy of api.github.com.json in "
        + "GITOPS_GITHUB_OPENAPI";

    private static readonly Lazy<OpenApiDescription?> Loaded = new(() =>
        Path is { } path ? new OpenApiDescription(JsonDocument.Parse(File.ReadAllBytes(path)).RootElement) : null
    );

    public static bool IsThere => Path is not null;

    public static OpenApiDescription Value => Loaded.Value ?? throw new InvalidOperationException(Skipped);

    private static string? Path
    {
        get
        {
            if (Environment.GetEnvironmentVariable("GITOPS_GITHUB_OPENAPI") is { Length: > 0 } named)
            {
                return named;
            }

            var folder = System.IO.Path.Combine(Checkout.Root, ".cache", "github-api");
            return Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder, "api.github.com.json", SearchOption.AllDirectories).Order().LastOrDefault()
                : null;
        }
    }
}
