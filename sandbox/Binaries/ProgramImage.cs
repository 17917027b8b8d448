namespace GitOpsOperator.Sandbox.Binaries;

/// <summary>A .NET program of this machine as the image that its Dockerfile makes of it, whatever its tag: in <c>/app</c>, under the
/// image's name.</summary>
internal static class ProgramImage
{
    /// <summary>This very program's.</summary>
    public const string Own = "gitops-sandbox";

    private const string Folder = "/app";

    /// <param name="folder">Where the program lies, with all that it needs.</param>
    public static ImageContent Content(string name, string folder)
    {
        var files = new Dictionary<string, string> { [Folder] = folder };
        var runtime = RuntimeFolder();
        if (!runtime.StartsWith("/usr/", StringComparison.Ordinal))
        {
            files[runtime] = runtime;
        }

        // Of a program that brings no runtime of its own, the one that runs this one.
        return new(files, new Dictionary<string, string> { ["DOTNET_ROOT"] = runtime }, [$"{Folder}/{name}"], []);
    }

    /// <summary>The folder with <c>shared/</c> of .NET, three above the core library; of a program that is whole in itself, its own
    /// folder.</summary>
    private static string RuntimeFolder() =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
}
