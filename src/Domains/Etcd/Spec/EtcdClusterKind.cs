using System.Collections.Immutable;
using System.Text.RegularExpressions;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Reading;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary><c>kind: EtcdCluster</c>.</summary>
public sealed partial class EtcdClusterKind : DocumentKind
{
    private const int MaxSize = 7;
    private const string SizeAllowed = "give the number of voting members, 1 to 7";
    private const string VersionAllowed = "give a release of etcd in three numbers, such as 3.5.16";
    private const string StorageAllowed = "give {size: 8Gi} for a claim per member, or {ephemeral: true}";
    private const string ImageAllowed = "give registry and path without tag or digest, such as " + EtcdSpec.DefaultImageRepository;
    private const string ClassAllowed = "give the name of a StorageClass, or leave it out for the cluster's default";

    private const string ModeAllowed = "give correct (drift is reverted) or report (drift is only reported)";

    private const string RolloutAllowed =
        "give OnChange (members are restarted for what git asks) or Always (also where a new version of the operator renders the same "
        + "differently)";

    private const string DeletionAllowed = "give Retain (nothing is deleted) or Delete (a tombstone in git deletes the cluster)";

    internal const string DeletePolicy = "Delete";

    private static readonly string[] ClaimFields = ["size", "storageClassName"];

    public override string Domain => "etcd";

    public override string Name => "EtcdCluster";

    public override ProjectedKind Projected => new(Domain, Name, "etcdclusters");

    public override ImmutableArray<Rule> Rules => EtcdRules.All;

    public override ClusterDocument? Read(Metadata? metadata, Fields spec)
    {
        var size = ReadSize(spec);
        var version = ReadVersion(spec);
        var image = ReadImage(spec);
        var storage = ReadStorage(spec);
        var resources = ResourcesReader.Read(spec);
        var options = EtcdOptionsReader.Read(spec);
        var pods = EtcdPodSettingsReader.Read(spec);
        var suspend = spec.Boolean("suspend");
        var mode = ReadMode(spec);
        var rollout = ReadRolloutPolicy(spec);
        var mayBeDeleted = ReadDeletionPolicy(spec, metadata);
        var deleteVolumes = spec.Boolean("deleteVolumes") ?? false;
        if (deleteVolumes && !mayBeDeleted)
        {
            spec.Warn(
                "deleteVolumes",
                $"says nothing without deletionPolicy: {DeletePolicy}, and nothing is deleted",
                EtcdRules.DeletionPolicy
            );
        }

        spec.Close();
        if (metadata is null || size is null || version is null || storage is null)
        {
            return null;
        }

        return new EtcdClusterDocument(
            metadata.Key,
            metadata.Location,
            metadata.BlobId,
            metadata.Labels,
            metadata.Annotations,
            new()
            {
                Size = size.Value,
                Version = version.Value,
                ImageRepository = image ?? EtcdSpec.DefaultImageRepository,
                Storage = storage,
                Resources = resources,
                Options = options,
                Pods = pods,
                Suspend = suspend ?? false,
                Mode = mode,
                RolloutPolicy = rollout,
                MayBeDeleted = mayBeDeleted,
                DeleteVolumes = deleteVolumes,
            }
        );
    }

    private static int? ReadSize(Fields spec)
    {
        if (spec.Integer("size", SizeAllowed) is not { } size)
        {
            RequirePresence(spec, "size", SizeAllowed);
            return null;
        }

        if (size.IsZero)
        {
            spec.Error(
                "size",
                "0 would leave no member to hold the data; give 1 to 7. To stop managing the cluster and keep it running, remove this "
                    + "document",
                EtcdRules.SizeRange
            );
            return null;
        }

        if (size < 1 || size > MaxSize)
        {
            spec.Error("size", $"{Shown.Of(size.ToString())} is out of range; {SizeAllowed}", EtcdRules.SizeRange);
            return null;
        }

        if (size.IsEven)
        {
            spec.Warn(
                "size",
                $"{size} members tolerate {(size / 2) - 1} failed, no more than {size - 1} do, and writes wait for one more; give "
                    + $"{size - 1} or {size + 1}",
                EtcdRules.SizeEven
            );
        }

        return (int)size;
    }

    private static EtcdVersion? ReadVersion(Fields spec)
    {
        if (spec.NumberOrText("version", VersionAllowed) is not { } text)
        {
            RequirePresence(spec, "version", VersionAllowed);
            return null;
        }

        if (EtcdVersion.TryParse(text, out var version))
        {
            return version;
        }

        spec.Error("version", $"{Shown.Quoted(text)} is no release of etcd; {VersionAllowed}", EtcdRules.EtcdVersionFormat);
        return null;
    }

    private static string? ReadImage(Fields spec)
    {
        if (spec.Nested("image", "give a mapping with a repository") is not { } image)
        {
            return null;
        }

        var repository = image.Text("repository", ImageAllowed);
        if (repository is not null && (repository.Length > 255 || !ImageName().IsMatch(repository)))
        {
            var hint =
                repository.Contains('@', StringComparison.Ordinal) || repository.LastIndexOf(':') > repository.LastIndexOf('/')
                    ? "its tag is spec.version; "
                    : "";
            image.Error(
                "repository",
                $"{Shown.Quoted(repository)} is no image repository; {hint}{ImageAllowed}",
                EtcdRules.ImageRepository
            );
        }

        image.Close();
        return repository;
    }

    private static DriftMode? ReadMode(Fields spec)
    {
        switch (spec.Text("mode", ModeAllowed))
        {
            case null:
                return null;
            case "correct":
                return DriftMode.Correct;
            case "report":
                return DriftMode.Report;
            case { } other:
                spec.Error("mode", $"{Shown.Quoted(other)} is no mode; {ModeAllowed}", EtcdRules.Mode);
                return null;
        }
    }

    private static RolloutPolicy ReadRolloutPolicy(Fields spec)
    {
        switch (spec.Text("rolloutPolicy", RolloutAllowed))
        {
            case null or nameof(RolloutPolicy.OnChange):
                return RolloutPolicy.OnChange;
            case nameof(RolloutPolicy.Always):
                return RolloutPolicy.Always;
            case { } other:
                spec.Error("rolloutPolicy", $"{Shown.Quoted(other)} is no policy; {RolloutAllowed}", EtcdRules.RolloutPolicy);
                return RolloutPolicy.OnChange;
        }
    }

    private static bool ReadDeletionPolicy(Fields spec, Metadata? metadata)
    {
        var policy = spec.Text("deletionPolicy", DeletionAllowed);
        if (policy is not (null or "Retain" or DeletePolicy))
        {
            spec.Error("deletionPolicy", $"{Shown.Quoted(policy)} is no policy; {DeletionAllowed}", EtcdRules.DeletionPolicy);
        }

        if (policy != DeletePolicy && metadata?.Annotations.ContainsKey(ClusterDocument.TombstoneAnnotation) == true)
        {
            spec.Warn(
                "deletionPolicy",
                $"is not {DeletePolicy}, so the annotation {ClusterDocument.TombstoneAnnotation} deletes nothing",
                EtcdRules.DeletionPolicy
            );
        }

        return policy == DeletePolicy;
    }

    private static EtcdStorage? ReadStorage(Fields spec)
    {
        if (spec.Nested("storage", StorageAllowed) is not { } storage)
        {
            if (!spec.Has("storage"))
            {
                spec.Missing("storage", StorageAllowed);
            }

            return null;
        }

        var size = ResourcesReader.ReadQuantity(storage, "size", ofBytes: true, zeroAllowed: false);
        var storageClass = storage.Text("storageClassName", ClassAllowed);
        if (storageClass is not null && (storageClass.Length > 253 || !DnsSubdomain().IsMatch(storageClass)))
        {
            storage.Error("storageClassName", $"{Shown.Quoted(storageClass)} is no name; {ClassAllowed}", EtcdRules.StorageClass);
        }

        var ephemeral = storage.Boolean("ephemeral");
        storage.Close();
        if (ephemeral == true)
        {
            foreach (var field in ClaimFields.Where(storage.Has))
            {
                storage.Error(
                    field,
                    "contradicts ephemeral: true, which keeps no claim; remove one of the two",
                    EtcdRules.StorageContradiction
                );
            }

            return new EtcdStorage.Ephemeral();
        }

        RequirePresence(storage, "size", StorageAllowed);

        return size is null ? null : new EtcdStorage.Persistent(size.Value, storageClass);
    }

    /// <summary>A field that is there and wrong has its finding already.</summary>
    private static void RequirePresence(Fields fields, string name, string allowed)
    {
        if (fields.Mapping[name] is null)
        {
            fields.Missing(name, allowed);
        }
    }

    [GeneratedRegex(
        @"\A(?:(?:localhost|[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*)(?::[0-9]{1,5})?/)?"
            + @"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex ImageName();

    [GeneratedRegex(
        @"\A[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex DnsSubdomain();
}
