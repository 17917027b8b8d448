using System.Collections.Immutable;
using System.Net;

namespace GitOpsOperator.Operator.Outputs.Http;

/// <summary>Where the operator is seen, and what it shows there.</summary>
/// <param name="Listen">Of page and metrics; null where there is to be no endpoint at all.</param>
/// <param name="ListenHealth">Of the probes; null where there is to be none.</param>
/// <param name="HasPage">Whether the page is served beside the metrics.</param>
/// <param name="PageAt">Where other replicas find the page, from where it is bound; null where they cannot.</param>
/// <param name="Meters">What is counted by others than this program's own parts.</param>
internal sealed record HttpOptions(
    string OperatorId,
    IPEndPoint? Listen,
    IPEndPoint? ListenHealth,
    bool HasPage,
    Func<Uri, Uri?> PageAt,
    ImmutableArray<string> Meters
);
