using System.Net;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>The operator's own endpoint: <c>/healthz</c>, <c>/readyz</c>, <c>/metrics</c> and a page for people. It shows no secret and changes nothing.</summary>
public sealed class HttpConfiguration
{
    /// <summary>
    /// Address and port, as <c>127.0.0.1:8080</c> or <c>[::]:8080</c>; with <c>*:8080</c> every address of the machine. Empty: no endpoint.
    /// </summary>
    public string Listen { get; set; } = "";

    /// <summary>Whether the page is served: clusters, plans of pull requests and repositories, to whoever reaches the port.</summary>
    public bool Page { get; set; } = true;

    /// <summary>
    /// Where other replicas reach this one, as an address: a replica that stands by shows the page of the one that acts. Empty: where it
    /// listens, unless that is every address. deploy/ gives the pod's by the environment variable <c>GITOPS_OPERATOR_ADDRESS</c>.
    /// </summary>
    public string Address { get; set; } = "";

    /// <summary>Null where there is to be none, or where <see cref="Listen"/> cannot be read.</summary>
    internal IPEndPoint? Endpoint => IPEndPoint.TryParse(
        Listen.StartsWith("*:", StringComparison.Ordinal) ? "[::]" + Listen[1..] : Listen, out var endpoint) && Listen.Contains(':', StringComparison.Ordinal)
        ? endpoint
        : null;

    /// <param name="bound">Where it listens, with its real port.</param>
    /// <returns>Null where others cannot be told an address.</returns>
    internal Uri? PageAt(Uri bound)
    {
        var host = Address.Length > 0 ? Address : bound.Host.Trim('[', ']');
        return Page && IPAddress.TryParse(host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? new UriBuilder(Uri.UriSchemeHttp, host, bound.Port).Uri
            : null;
    }
}
