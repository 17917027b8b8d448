namespace GitOpsOperator.Sandbox.Dns;

/// <summary>How a question ended.</summary>
internal enum DnsCode : ushort
{
    NoError = 0,
    FormatError = 1,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,

    /// <summary>Of EDNS: its upper bits stand in the extension's record.</summary>
    BadVersion = 16,
}
