namespace GitOpsOperator.Sandbox.Binaries;

/// <summary>This very program as the image that the Dockerfile makes of it, whatever its tag.</summary>
internal static class OwnImage
{
    public const string Name = "gitops-operator";
    private const string Folder = "/app";

    public static ImageContent Content
    {
        get
        {
            var files = new Dictionary<string, string> { [Folder] = AppContext.BaseDirectory };
            var runtime = RuntimeFolder();
            if (!runtime.StartsWith("/usr/", StringComparison.Ordinal))
            {
                files[runtime] = runtime;
            }

            // Of a program that brings no runtime of its own, the one that runs it here.
            return new(files, new Dictionary<string, string> { ["DOTNET_ROOT"] = runtime }, [$"{Folder}/{Name}"], ["run", "--config", "/etc/gitops-operator/config.yaml"]);
        }
    }

    /// <summary>The folder with <c>shared/</c> of .NET, three above the core library; of a program that is whole in itself, its own folder.</summary>
    private static string RuntimeFolder() => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
}
