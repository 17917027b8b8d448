using System.Collections.Concurrent;

namespace GitOpsOperator.Sandbox.Api.Definitions;

/// <summary>Every kind that the server has now: those that are built in, and those of the CustomResourceDefinitions in its store.</summary>
internal sealed class DefinedKinds(Store store)
{
    // A definition is read once for each of its states.
    private readonly ConcurrentDictionary<string, (long Revision, ResourceKind Kind)> _read = new(StringComparer.Ordinal);

    public IEnumerable<ResourceKind> All => Kinds.BuiltIn.Concat(Defined);

    public ResourceKind? Find(string group, string version, string plural) =>
        Kinds.Find(group, version, plural)
        ?? Defined.FirstOrDefault(kind => kind.Group == group && kind.Version == version && kind.Plural == plural);

    public IEnumerable<(string Group, string Version)> Groups() =>
        All.Where(kind => kind.Group.Length > 0).Select(kind => (kind.Group, kind.Version)).Distinct();

    private IEnumerable<ResourceKind> Defined =>
        store.List(Kinds.Definition, null).Objects.Where(definition => !definition.IsDeleting).Select(KindOf);

    private ResourceKind KindOf(StoredObject definition)
    {
        if (!_read.TryGetValue(definition.Uid, out var known) || known.Revision != definition.Revision)
        {
            _read[definition.Uid] = known = (definition.Revision, DefinedKind.Read(definition.ToNode()));
        }

        return known.Kind;
    }
}
