using System.Collections.Immutable;

namespace GitOpsOperator.Specs;

/// <summary>The rules for documents of every kind; each kind has its own beside its reader.</summary>
public static class DocumentRules
{
    public static readonly Rule TooManyFiles = new(
        "too-many-files",
        "The watched path holds more YAML files than the limit; nothing is read."
    );
    public static readonly Rule TooManyBytes = new("too-many-bytes", "The YAML files together are larger than the limit; nothing is read.");
    public static readonly Rule FileName = new("file-name", "A path holds control characters, which could forge a line of a report.");
    public static readonly Rule FileSize = new("file-size", "A file is larger than the limit; it is not read.");
    public static readonly Rule TooManyDocuments = new("too-many-documents", "A file holds more documents than the limit; it is not read.");
    public static readonly Rule TooDeep = new("too-deep", "Mappings and lists are nested deeper than the limit.");
    public static readonly Rule TooManyNodes = new("too-many-nodes", "A document holds more keys and values than the limit.");
    public static readonly Rule NotUtf8 = new("not-utf8", "A file is not UTF-8 text.");
    public static readonly Rule ControlCharacter = new(
        "control-character",
        "A document holds a character that editors do not show but that changes how it is read."
    );
    public static readonly Rule BrokenYaml = new("broken-yaml", "A document is not well-formed YAML.");
    public static readonly Rule YamlAlias = new("yaml-alias", "Anchors and aliases are not taken: each document is read as it stands.");
    public static readonly Rule YamlTag = new("yaml-tag", "YAML tags are not taken: each field has its type.");
    public static readonly Rule YamlKey = new("yaml-key", "A key is not plain text.");
    public static readonly Rule DuplicateKey = new("duplicate-key", "A key stands twice in one mapping.");
    public static readonly Rule NotADocument = new(
        "not-a-document",
        "A YAML document names no apiVersion or kind, so nobody can say what it is."
    );
    public static readonly Rule ApiGroup = new("api-group", "The apiVersion looks like a misspelt gitops-operator.dev.");
    public static readonly Rule UnknownVersion = new("unknown-version", "No such version of gitops-operator.dev.");
    public static readonly Rule UnknownKind = new("unknown-kind", "No such kind in gitops-operator.dev.");
    public static readonly Rule UnknownField = new("unknown-field", "The kind has no such field.");
    public static readonly Rule MissingField = new("missing-field", "A required field is missing.");
    public static readonly Rule WrongType = new("wrong-type", "A value has another type than its field.");
    public static readonly Rule FieldValue = new("field-value", "A field takes only certain texts, durations or sizes.");
    public static readonly Rule AmbiguousValue = new(
        "ambiguous-value",
        "A value is read as different types by YAML 1.1 and 1.2, and by kubectl and this operator."
    );
    public static readonly Rule Name = new(
        "name",
        "The name (metadata.name) is a DNS label that starts with a letter, of at most 40 characters."
    );
    public static readonly Rule Namespace = new("namespace", "The namespace (metadata.namespace) is a DNS label of at most 63 characters.");
    public static readonly Rule Label = new("label", "Keys and values of labels follow Kubernetes' syntax.");
    public static readonly Rule Annotation = new(
        "annotation",
        "Keys of annotations follow Kubernetes' syntax; all together hold at most 256 KiB."
    );
    public static readonly Rule ReservedKey = new(
        "reserved-key",
        "Labels and annotations under gitops-operator.dev/ are set by the operator alone, but for the annotation approve."
    );
    public static readonly Rule QuantityFormat = new(
        "quantity-format",
        "A quantity is written as Kubernetes writes it: 500m, 1Gi, 0.5, 1e3."
    );
    public static readonly Rule QuantityRange = new("quantity-range", "A quantity is negative, or zero where something is needed.");
    public static readonly Rule QuantityUnit = new("quantity-unit", "A number of bytes ends in m, u or n, which is a fraction of a byte.");
    public static readonly Rule ResourceName = new("resource-name", "No such resource of a container.");
    public static readonly Rule RequestAboveLimit = new(
        "request-above-limit",
        "A request is above its limit; Kubernetes would refuse the pod."
    );
    public static readonly Rule DefinedTwice = new("defined-twice", "Two documents define the same cluster; neither is taken.");
    public static readonly Rule KindNotAllowed = new(
        "kind-not-allowed",
        "The operator's configuration does not let this repository define the kind."
    );
    public static readonly Rule NamespaceNotAllowed = new(
        "namespace-not-allowed",
        "The operator's configuration does not let this repository use the namespace."
    );
    public static readonly Rule DeletionNotAllowed = new(
        "deletion-not-allowed",
        "The operator's configuration does not let this repository delete volumes."
    );
    public static readonly Rule ImageNotAllowed = new(
        "image-not-allowed",
        "The operator's configuration does not let this repository run the image."
    );
    public static readonly Rule MoreFindings = new("more-findings", "A document has more findings than are shown.");

    public static readonly ImmutableArray<Rule> All =
    [
        TooManyFiles,
        TooManyBytes,
        FileName,
        FileSize,
        TooManyDocuments,
        TooDeep,
        TooManyNodes,
        NotUtf8,
        ControlCharacter,
        BrokenYaml,
        YamlAlias,
        YamlTag,
        YamlKey,
        DuplicateKey,
        NotADocument,
        ApiGroup,
        UnknownVersion,
        UnknownKind,
        UnknownField,
        MissingField,
        WrongType,
        FieldValue,
        AmbiguousValue,
        Name,
        Namespace,
        Label,
        Annotation,
        ReservedKey,
        QuantityFormat,
        QuantityRange,
        QuantityUnit,
        ResourceName,
        RequestAboveLimit,
        DefinedTwice,
        KindNotAllowed,
        NamespaceNotAllowed,
        ImageNotAllowed,
        DeletionNotAllowed,
        MoreFindings,
    ];
}
