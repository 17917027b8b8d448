using GitOpsOperator.Drift.Owners;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>What is kept of an object: as much as somebody asks for, and no more, since others' objects may be many.</summary>
public static class Pruning
{
    private const string OwnPrefix = "gitops-operator.dev/";

    /// <summary>
    /// Who set a field is told from managedFields, on objects that are ours. What a controller says in a status is of no interest.
    /// </summary>
    public static T Whole<T>(T item)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        item.Metadata.ManagedFields = item.Metadata.ManagedFields?.Where(entry => entry.Subresource != "status").ToList();
        return item;
    }

    /// <summary>Whole where it is this owner's; where it is another's, that it is there.</summary>
    public static T OfOwner<T>(T item, OwnerId owner)
        where T : class, IKubernetesObject<V1ObjectMeta>, new() => Ownership.IsOurs(item.Metadata, owner) ? Whole(item) : Name(item);

    /// <summary>That it is there, and whose: enough to tell whether it stands where one of ours has to go.</summary>
    public static T Name<T>(T item)
        where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var metadata = item.Metadata;
        return new T
        {
            Metadata = new()
            {
                Name = metadata.Name,
                NamespaceProperty = metadata.NamespaceProperty,
                Uid = metadata.Uid,
                ResourceVersion = metadata.ResourceVersion,
                DeletionTimestamp = metadata.DeletionTimestamp,
                Labels = OwnLabels(metadata.Labels),
                OwnerReferences = metadata.OwnerReferences is { Count: > 0 } references ? references : null,

                // By which an object that we wrote is known when its label is gone.
                ManagedFields = Ownership.IsStripped(metadata)
                    ? metadata.ManagedFields?.Where(entry => entry.Manager == ObjectLabels.FieldManager).Take(1).ToList()
                    : null,
            },
        };
    }

    private static Dictionary<string, string>? OwnLabels(IDictionary<string, string>? labels)
    {
        Dictionary<string, string>? own = null;
        foreach (var (label, value) in labels ?? new Dictionary<string, string>())
        {
            if (label.StartsWith(OwnPrefix, StringComparison.Ordinal) || label is ObjectLabels.Instance or ObjectLabels.Application)
            {
                (own ??= new(StringComparer.Ordinal))[label] = value;
            }
        }

        return own;
    }
}
