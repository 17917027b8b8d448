using System.Net;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;

namespace GitOpsOperator.Sandbox.Dns;

/// <summary>
/// The name server of the pods, on the node's address. It knows the cluster's own names only and forwards nothing: the sandbox has
/// no way out to the network.
/// </summary>
internal sealed class DnsResponder : IDisposable
{
    private const int DnsPort = 53;
    private const int RequestTimeoutMilliseconds = 5000;

    // Addresses change with every pod that becomes ready or not; nobody may remember an answer.
    private const int TimeToLive = 0;

    private static readonly DomainName Authority = DomainName.Parse(ServiceRecords.ClusterDomain);

    private readonly ServiceRecords _records;
    private readonly DnsServer _server;

    public DnsResponder(ServiceRecords records, IPAddress address)
    {
        _records = records;
        _server = new DnsServer(
            new UdpServerTransport(new IPEndPoint(address, DnsPort), RequestTimeoutMilliseconds),
            new TcpServerTransport(new IPEndPoint(address, DnsPort), RequestTimeoutMilliseconds));
        _server.QueryReceived += OnQuery;
    }

    public void Start() => _server.Start();

    public void Dispose() => _server.Stop();

    private Task OnQuery(object sender, QueryReceivedEventArgs eventArgs)
    {
        if (eventArgs.Query is DnsMessage query)
        {
            eventArgs.Response = Answer(query);
        }

        return Task.CompletedTask;
    }

    private DnsMessage Answer(DnsMessage query)
    {
        var response = query.CreateResponseInstance();
        if (query.Questions.Count != 1)
        {
            response.ReturnCode = ReturnCode.FormatError;
            return response;
        }

        var question = query.Questions[0];
        var name = question.Name.ToString();
        response.ReturnCode = ReturnCode.NoError;
        response.IsAuthoritiveAnswer = true;
        if (question.RecordType == RecordType.Srv && _records.Targets(name) is { } targets)
        {
            foreach (var target in targets)
            {
                response.AnswerRecords.Add(new SrvRecord(question.Name, TimeToLive, 0, 0, (ushort)target.Port, DomainName.Parse(target.Host)));
            }
        }
        else if (_records.Addresses(name) is { } addresses)
        {
            // A name that exists but has no record of this type (IPv6) is no error: resolvers ask for both and give up on NXDOMAIN.
            foreach (var address in question.RecordType == RecordType.A ? addresses : [])
            {
                response.AnswerRecords.Add(new ARecord(question.Name, TimeToLive, address));
            }
        }
        else
        {
            response.ReturnCode = ReturnCode.NxDomain;
        }

        if (response.AnswerRecords.Count == 0)
        {
            response.AuthorityRecords.Add(new SoaRecord(
                Authority, TimeToLive, DomainName.Parse("ns.dns." + ServiceRecords.ClusterDomain),
                DomainName.Parse("hostmaster." + ServiceRecords.ClusterDomain), 1, 60, 60, 60, TimeToLive));
        }

        return response;
    }
}
