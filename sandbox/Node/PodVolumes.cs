using System.Text;
using GitOpsOperator.Sandbox.Watches;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>The folders behind a pod's volumes.</summary>
internal sealed class PodVolumes(V1Pod pod, ClusterView view, NodeOptions options)
{
    private readonly string _namespace = pod.Metadata.NamespaceProperty;

    /// <summary>
    /// Makes every folder and refreshes what ConfigMaps and Secrets say. Called again at each change of theirs. Throws
    /// <see cref="ContainerConfigException"/> while something is missing.
    /// </summary>
    public IReadOnlyDictionary<string, string> Prepare()
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            folders[volume.Name] = Folder(volume);
        }

        return folders;
    }

    /// <summary>Folders of the claims, for the fault that wipes a member.</summary>
    public IReadOnlyList<string> ClaimFolders() =>
        [.. (pod.Spec.Volumes ?? []).Where(volume => volume.PersistentVolumeClaim is not null).Select(Folder)];

    public void Remove()
    {
        if (Directory.Exists(options.PodFolder(pod.Metadata.Uid)))
        {
            Directory.Delete(options.PodFolder(pod.Metadata.Uid), recursive: true);
        }
    }

    private string Folder(V1Volume volume)
    {
        if (volume.PersistentVolumeClaim is { } source)
        {
            var claim =
                view.Claims.Get(_namespace, source.ClaimName)
                ?? throw new ContainerConfigException("ContainerCreating", $"persistentvolumeclaim \"{source.ClaimName}\" not found");
            return Directory.CreateDirectory(options.VolumeFolder(_namespace, source.ClaimName, claim.Metadata.Uid)).FullName;
        }

        var folder = Path.Combine(options.PodFolder(pod.Metadata.Uid), "volumes", volume.Name);
        if (volume.EmptyDir is not null)
        {
            return Directory.CreateDirectory(folder).FullName;
        }

        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (volume.ConfigMap is { } configMap)
        {
            Add(files, "configmap", configMap.Name, ConfigMapFiles(configMap.Name), configMap.Items, configMap.Optional);
        }
        else if (volume.Secret is { } secret)
        {
            Add(files, "secret", secret.SecretName, SecretFiles(secret.SecretName), secret.Items, secret.Optional);
        }
        else if (volume.Projected is { } projected)
        {
            foreach (var part in projected.Sources ?? [])
            {
                if (part.ConfigMap is { } map)
                {
                    Add(files, "configmap", map.Name, ConfigMapFiles(map.Name), map.Items, map.Optional);
                }
                else if (part.Secret is { } hidden)
                {
                    Add(files, "secret", hidden.Name, SecretFiles(hidden.Name), hidden.Items, hidden.Optional);
                }
                else
                {
                    throw Unknown(volume.Name);
                }
            }
        }
        else
        {
            throw Unknown(volume.Name);
        }

        ProjectedFolder.Write(folder, files);
        return folder;
    }

    private static ContainerConfigException Unknown(string volume) =>
        new(
            "CreateContainerConfigError",
            $"volume \"{volume}\": the sandbox knows persistentVolumeClaim, emptyDir, configMap, secret and projected ones of these two"
        );

    private Dictionary<string, byte[]>? ConfigMapFiles(string name)
    {
        if (view.ConfigMaps.Get(_namespace, name) is not { } found)
        {
            return null;
        }

        var files = (found.Data ?? new Dictionary<string, string>()).ToDictionary(
            entry => entry.Key,
            entry => Encoding.UTF8.GetBytes(entry.Value)
        );
        foreach (var (key, value) in found.BinaryData ?? new Dictionary<string, byte[]>())
        {
            files[key] = value;
        }

        return files;
    }

    private Dictionary<string, byte[]>? SecretFiles(string name) =>
        view.Secrets.Get(_namespace, name) is { } found ? new(found.Data ?? new Dictionary<string, byte[]>()) : null;

    private static void Add(
        Dictionary<string, byte[]> files,
        string kind,
        string name,
        Dictionary<string, byte[]>? content,
        IList<V1KeyToPath>? items,
        bool? optional
    )
    {
        if (content is null)
        {
            if (optional != true)
            {
                throw new ContainerConfigException("ContainerCreating", $"{kind} \"{name}\" not found");
            }

            return;
        }

        if (items is not { Count: > 0 })
        {
            foreach (var (key, value) in content)
            {
                files[key] = value;
            }

            return;
        }

        foreach (var item in items)
        {
            if (content.TryGetValue(item.Key, out var value))
            {
                files[item.Path] = value;
            }
            else if (optional != true)
            {
                throw new ContainerConfigException("ContainerCreating", $"{kind} \"{name}\" has no key \"{item.Key}\"");
            }
        }
    }
}
