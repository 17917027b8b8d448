namespace GitOpsOperator.Sandbox.Dns;

/// <summary>
/// Answers from the cluster's own names. It knows no others and forwards nothing: the sandbox has no way out to the network.
/// </summary>
internal sealed class ClusterZone(ServiceRecords records)
{
    // Whoever asks for any class means this one, too.
    private const ushort AnyClass = 255;

    /// <returns>Null for what deserves no answer.</returns>
    public DnsAnswer? Answer(ReadOnlyMemory<byte> message)
    {
        if (DnsQuery.Read(message) is not { } query)
        {
            return null;
        }

        return query switch
        {
            { Operation: not 0 } => new(query, DnsCode.NotImplemented),
            { IsMalformed: true } => new(query, DnsCode.FormatError),
            { Extension.Version: > 0 } => new(query, DnsCode.BadVersion),
            { Class: not (DnsQuery.Internet or AnyClass) } => new(query, DnsCode.Refused),
            _ => Find(query),
        };
    }

    private DnsAnswer Find(DnsQuery query)
    {
        var nothing = new DnsAnswer(query, DnsCode.NoError) { Zone = ServiceRecords.ClusterDomain };
        if (records.Targets(query.Name) is { } targets)
        {
            return query.Type == DnsType.Service ? nothing with { Targets = targets } : nothing;
        }

        // A name that exists but has no record of this type (IPv6) is no error: resolvers ask for both and give up where the name is
        // unknown.
        return records.Addresses(query.Name) is not { } addresses ? nothing with { Code = DnsCode.NameError }
            : query.Type == DnsType.Address ? nothing with { Addresses = addresses }
            : nothing;
    }
}
