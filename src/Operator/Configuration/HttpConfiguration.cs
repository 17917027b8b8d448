using System.Net;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>
/// The operator's own endpoints: <c>/metrics</c> and a page for people, and <c>/healthz</c> and <c>/readyz</c> on a port of their own. They
/// show no secret and change nothing.
/// </summary>
public sealed class HttpConfiguration
{
    /// <summary>
    /// Address and port, as <c>127.0.0.1:8080</c> or <c>[::]:8080</c>; with <c>*:8080</c> every address of the machine. Empty: no endpoint.
    /// </summary>
    public string Listen { get; set; } = "";

    /// <summary>
    /// Port of <c>/healthz</c> and <c>/readyz</c>, at the address of <see cref="Listen"/>, so that nobody who keeps the other port busy
    /// keeps the probes from being answered. 0: the next after that of <see cref="Listen"/>, as 8081 after 8080.
    /// </summary>
    public int HealthPort { get; set; }

    /// <summary>Whether the page is served: clusters, plans of pull requests and repositories, to whoever reaches the port.</summary>
    public bool Page { get; set; } = true;

    /// <summary>
    /// Where other replicas reach this one, as an address: a standby shows the page of the active one. Empty: where it
    /// listens, unless that is every address. deploy/ gives the pod's by the environment variable <c>GITOPS_OPERATOR_ADDRESS</c>.
    /// </summary>
    public string Address { get; set; } = "";

    /// <summary>Null where there is to be none, or where <see cref="Listen"/> cannot be read.</summary>
    internal IPEndPoint? Endpoint =>
        IPEndPoint.TryParse(Listen.StartsWith("*:", StringComparison.Ordinal) ? "[::]" + Listen[1..] : Listen, out var endpoint)
        && Listen.Contains(':', StringComparison.Ordinal)
            ? endpoint
            : null;

    /// <summary>Null where there is to be none, or where it would be no port of its own. After any free port comes any other.</summary>
    internal IPEndPoint? HealthEndpoint =>
        Endpoint is not { } endpoint || (HealthPort != 0 && HealthPort == endpoint.Port) ? null
        : (
            HealthPort != 0 ? HealthPort
            : endpoint.Port == 0 ? 0
            : endpoint.Port + 1
        )
            is >= 0
                and <= IPEndPoint.MaxPort
                and var port
            ? new(endpoint.Address, port)
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
