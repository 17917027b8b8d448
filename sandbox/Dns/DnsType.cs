namespace GitOpsOperator.Sandbox.Dns;

/// <summary>Types of records that the cluster's names have, or that messages are made of; all others are asked for in vain.</summary>
internal enum DnsType : ushort
{
    None = 0,
    Address = 1,
    StartOfAuthority = 6,
    Service = 33,
    Extension = 41,
}
