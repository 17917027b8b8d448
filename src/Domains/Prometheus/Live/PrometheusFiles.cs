using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>
/// All files that the pods of one Prometheus read. Each carries its own digest inside, where Prometheus gives it back: in a pattern of
/// <c>rule_files</c> that matches nothing, and as a label of a rule that yields nothing. So what a process runs is told exactly, without
/// comparing its own rewriting of a configuration with ours.
/// </summary>
/// <param name="Shards">The configuration of each shard.</param>
/// <param name="Rules">Rule files by name, of each ConfigMap.</param>
public sealed record PrometheusFiles(ImmutableArray<MarkedText> Shards, ImmutableArray<MarkedRules> Rules)
{
    /// <summary>
    /// The first shard's configuration as people may see it: nothing in it is from a Secret. Null where there is no such text.
    /// </summary>
    public string? Shown { get; init; }

    /// <summary>Shards that scrape; the others are only kept for their history.</summary>
    public int ScrapingShards => Shards.Count(shard => shard.Scrapes);

    /// <summary>Of everything together.</summary>
    public string Digest => Combine(Shards.Select(shard => shard.Digest), Rules.Select(rules => rules.Digest));

    public static string Combine(IEnumerable<string> shards, IEnumerable<string> rules) => Digests.Of(shards.Append("rules").Concat(rules));

    public bool Equals(PrometheusFiles? other) => other is not null && Digest == other.Digest;

    public override int GetHashCode() => Digest.GetHashCode(StringComparison.Ordinal);

    /// <summary>The content may hold passwords.</summary>
    public override string ToString() => Digest;
}

/// <summary>A configuration that names its own digest.</summary>
public sealed record MarkedText(string Digest, string Text)
{
    /// <summary>It has jobs, or could have; a shard that is only kept for its history has none.</summary>
    public bool Scrapes => Text.Contains("scrape_configs:", StringComparison.Ordinal);

    /// <summary>
    /// Files that it names and that lie beside it, such as certificates: their content by their name. They are part of the digest.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Assets { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public override string ToString() => Digest;
}

/// <summary>The files of one ConfigMap, one of which names the digest of the others.</summary>
public sealed record MarkedRules(string Digest, ImmutableSortedDictionary<string, string> Files)
{
    public override string ToString() => Digest;
}

/// <summary>Digests of content: 16 hexadecimal digits.</summary>
public static class Digests
{
    public const int Length = 16;

    public static string Of(IEnumerable<string> parts)
    {
        // Lengths between the parts: moving text from one to the next is another content.
        var text = string.Concat(parts.Select(part => $"{part.Length}:{part}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Length];
    }
}
