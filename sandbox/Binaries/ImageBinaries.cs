namespace GitOpsOperator.Sandbox.Binaries;

/// <summary>What an image stands for on the node: programs laid over the node's own /usr, and the command of the image.</summary>
/// <param name="Files">Path inside the container → file or folder on the node.</param>
/// <param name="Environment">Variables that the image sets, for all that runs in the container.</param>
internal sealed record ImageContent(
    IReadOnlyDictionary<string, string> Files,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> Entrypoint,
    IReadOnlyList<string> Command
);

/// <summary>No image of that name can be had; the pod shows it as Kubernetes shows a pull that failed.</summary>
internal sealed class UnknownImageException(string message) : Exception(message);

/// <summary>
/// Maps image names to unpacked programs. There is no registry and there are no layers here: the product is the last part of the
/// repository, the version is the tag.
/// </summary>
/// <param name="folder">As <see cref="SandboxOptions.Binaries"/>.</param>
/// <param name="programs">As <see cref="SandboxOptions.Programs"/>.</param>
internal sealed class ImageBinaries(string folder, IReadOnlyDictionary<string, string>? programs = null)
{
    private static readonly Dictionary<string, Product> Products = new(StringComparer.Ordinal)
    {
        // As in the official images: the paths and the command that a pod may rely on.
        ["etcd"] = new("etcd", root => new Dictionary<string, string> { ["/usr/local/bin"] = root }, [], ["/usr/local/bin/etcd"]),
        ["prometheus"] = new(
            "prometheus",
            root => new Dictionary<string, string>
            {
                ["/bin/prometheus"] = Path.Combine(root, "prometheus"),
                ["/bin/promtool"] = Path.Combine(root, "promtool"),
            },
            ["/bin/prometheus"],
            ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
        ),

        // The node's own /usr: shells and small programs, for probes, init containers and tests.
        ["debian"] = new(null, _ => new Dictionary<string, string>(), [], ["/bin/sh"]),
        ["busybox"] = new(null, _ => new Dictionary<string, string>(), [], ["/bin/sh"]),
    };

    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly Dictionary<string, string> _programs = new(programs ?? new Dictionary<string, string>(), StringComparer.Ordinal)
    {
        [ProgramImage.Own] = AppContext.BaseDirectory,
    };

    public ImageContent Resolve(string image)
    {
        var (repository, tag) = Split(image);
        var name = repository[(repository.LastIndexOf('/') + 1)..];
        if (_programs.TryGetValue(name, out var program))
        {
            return ProgramImage.Content(name, program);
        }

        if (!Products.TryGetValue(name, out var product))
        {
            throw new UnknownImageException(
                $"image {image}: the sandbox has no programs for \"{name}\"; it knows "
                    + $"{string.Join(", ", Products.Keys.Concat(_programs.Keys).Order(StringComparer.Ordinal))}"
            );
        }

        if (product.Folder is null)
        {
            return new ImageContent(product.Files(""), NoVariables, product.Entrypoint, product.Command);
        }

        var version = Version(tag);
        var root = Path.Combine(folder, product.Folder, version);
        if (!File.Exists(Path.Combine(root, product.Folder)))
        {
            var there = Versions(product.Folder);
            throw new UnknownImageException(
                $"image {image}: no {name} {version} in {Path.Combine(folder, product.Folder)}; there is "
                    + $"{(there.Count == 0 ? "nothing: run scripts/binaries.sh" : string.Join(", ", there))}"
            );
        }

        return new ImageContent(product.Files(root), NoVariables, product.Entrypoint, product.Command);
    }

    /// <summary>The unpacked versions of a product, oldest first.</summary>
    public IReadOnlyList<string> Versions(string product)
    {
        var root = Path.Combine(folder, product);
        return Directory.Exists(root)
            ?
            [
                .. Directory
                    .EnumerateDirectories(root)
                    .Select(Path.GetFileName)
                    .OfType<string>()
                    .OrderBy(name => System.Version.TryParse(name, out var version) ? version : new Version()),
            ]
            : [];
    }

    private static (string Repository, string Tag) Split(string image)
    {
        var undigested = image.Split('@')[0];
        var colon = undigested.LastIndexOf(':');

        // A colon before the last slash is a registry's port.
        return colon > undigested.LastIndexOf('/') ? (undigested[..colon], undigested[(colon + 1)..]) : (undigested, "latest");
    }

    // v3.5.16 and v3.5.16-arm64 are the same program here.
    private static string Version(string tag) => tag.TrimStart('v').Split('-')[0];

    private sealed record Product(
        string? Folder,
        Func<string, Dictionary<string, string>> Files,
        IReadOnlyList<string> Entrypoint,
        IReadOnlyList<string> Command
    );
}
