using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using GitOpsOperator.Specs.Reading;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary>Reads <c>spec.options</c>.</summary>
internal static partial class EtcdOptionsReader
{
    private const int MaxValueLength = 1024;

    /// <summary>etcd takes no longer election timeout ("--election-timeout [vs.] 50000ms"), and none below five heartbeats.</summary>
    private const int DefaultHeartbeat = 100;
    private const int DefaultElection = 1000;

    private const string FlagAllowed = "give a flag of etcd without dashes in front, and its value";

    /// <summary>Flags that this operator sets, or that would undo what it relies on, by their beginnings.</summary>
    private static readonly ImmutableArray<(string Flag, string Instead)> Owned =
    [
        ("quota-backend-bytes", "give options.quotaBackendBytes"),
        ("auto-compaction-", "give options.autoCompaction"),
        .. EtcdOptions.Numbers.Select(option => (option.Flag, $"give options.{option.Name}")),
        ("name", "members are named by this operator"),
        ("data-dir", "the data is kept where the volume is"),
        ("wal-dir", "the data is kept where the volume is"),
        ("listen-", "members listen where their Services lead"),
        ("initial-advertise-", "members are reached where their Services lead"),
        ("initial-cluster", "membership is this operator's work"),
        ("advertise-client-urls", "members are reached where their Services lead"),
        ("discovery", "membership is this operator's work"),
        ("force-new-cluster", "it throws the other members' data away"),
        ("strict-reconfig-check", "without it etcd would take changes that cost the quorum"),
        ("unsafe-", "it gives up data that was acknowledged"),
        ("config-file", "it would overrule every other flag"),
        ("cert-file", "TLS is not set by flags"),
        ("key-file", "TLS is not set by flags"),
        ("client-cert-", "TLS is not set by flags"),
        ("client-crl-", "TLS is not set by flags"),
        ("trusted-ca-file", "TLS is not set by flags"),
        ("auto-tls", "TLS is not set by flags"),
        ("peer-", "TLS is not set by flags"),
        ("logger", "the log is read by this operator"),
        ("log-outputs", "the log is read by this operator"),
        ("proxy", "a proxy is no member"),
        ("version", "it ends etcd at once"),
        ("help", "it ends etcd at once"),
    ];

    public static EtcdOptions Read(Fields spec)
    {
        if (spec.Nested("options", "give a mapping such as {quotaBackendBytes: 4Gi}") is not { } options)
        {
            return EtcdOptions.None;
        }

        var quota = ResourcesReader.ReadQuantity(options, "quotaBackendBytes", ofBytes: true, zeroAllowed: false);
        var read = new EtcdOptions
        {
            QuotaBackendBytes = quota is { } bytes && bytes.Units <= long.MaxValue ? (long)bytes.Units : null,
            AutoCompaction = ReadCompaction(options),
        };
        read = EtcdOptions.Numbers.Aggregate(read, (all, option) => option.With(all, ReadNumber(options, option)));
        read = read with { ExtraFlags = ReadFlags(options) };
        var (heartbeat, election) = (read.HeartbeatInterval ?? DefaultHeartbeat, read.ElectionTimeout ?? DefaultElection);
        if (election < EtcdOptions.HeartbeatsPerElection * heartbeat)
        {
            options.Error(
                read.ElectionTimeout is null ? "heartbeatInterval" : "electionTimeout",
                $"an election timeout of {election} ms is below {EtcdOptions.HeartbeatsPerElection} heartbeats of {heartbeat} ms, "
                    + "and etcd would not start; raise electionTimeout",
                EtcdRules.OptionValue
            );
        }

        options.Close();
        return read;
    }

    private static EtcdAutoCompaction? ReadCompaction(Fields options)
    {
        const string Allowed = "give {mode: periodic, retention: 1h} or {mode: revision, retention: 10000}";
        if (options.Nested("autoCompaction", Allowed) is not { } compaction)
        {
            return null;
        }

        var mode = compaction.Text("mode", Allowed);
        var retention = compaction.NumberOrText("retention", Allowed);
        compaction.Close();
        var fits = mode switch
        {
            "revision" => retention is not null && Revisions().IsMatch(retention),
            "periodic" => retention is not null && Duration().IsMatch(retention),
            _ => false,
        };
        if (fits)
        {
            return new(mode!, retention!);
        }

        compaction.Error(
            mode is "revision" or "periodic" ? "retention" : "mode",
            $"is no such compaction; {Allowed}",
            EtcdRules.OptionValue
        );
        return null;
    }

    private static long? ReadNumber(Fields options, EtcdNumericOption option)
    {
        if (options.Integer(option.Name, option.Allowed) is not { } number)
        {
            return null;
        }

        if (number >= option.Min && number <= option.Max)
        {
            return (long)number;
        }

        options.Error(
            option.Name,
            $"{Shown.Of(number.ToString(CultureInfo.InvariantCulture))} is out of range; "
                + $"{option.Allowed}, from {option.Min} to {option.Max}",
            EtcdRules.OptionValue
        );
        return null;
    }

    private static ImmutableSortedDictionary<string, string> ReadFlags(Fields options)
    {
        var read = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (options.Nested("extraFlags", FlagAllowed) is not { } flags)
        {
            return read.ToImmutable();
        }

        foreach (var entry in flags.Mapping.Entries)
        {
            var name = entry.Key.Text;
            if (!FlagName().IsMatch(name))
            {
                flags.Findings.Error(
                    entry.Key.Location,
                    flags.PathOf(name),
                    $"{Shown.Quoted(name)} is no flag; {FlagAllowed}",
                    EtcdRules.OptionValue
                );
            }
            else if (Owned.FirstOrDefault(owned => IsOwned(name, owned.Flag)) is { Instead: { } instead })
            {
                flags.Findings.Error(
                    entry.Key.Location,
                    flags.PathOf(name),
                    $"is not for documents to set: {instead}",
                    EtcdRules.OwnedFlag
                );
            }
            else if (
                entry.Value is not YamlScalar { Type: not ScalarType.Null } value
                || value.Text.Length > MaxValueLength
                || value.Text.Any(char.IsControl)
            )
            {
                flags.Findings.Error(
                    entry.Value.Location,
                    flags.PathOf(name),
                    $"is no value of a flag; give one line of at most {MaxValueLength} characters",
                    EtcdRules.OptionValue
                );
            }
            else
            {
                read[name] = value.Text;
            }
        }

        return read.ToImmutable();
    }

    private static bool IsOwned(string flag, string owned) =>
        owned[^1] == '-'
            ? flag.StartsWith(owned, StringComparison.Ordinal)
            : flag == owned || (owned is "initial-cluster" or "discovery" or "proxy" && flag.StartsWith(owned, StringComparison.Ordinal));

    [GeneratedRegex(@"\A[a-z][a-z0-9]*(?:-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FlagName();

    [GeneratedRegex(@"\A[1-9][0-9]{0,17}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Revisions();

    /// <summary>As etcd reads it: hours where no unit is given.</summary>
    [GeneratedRegex(@"\A[1-9][0-9]{0,8}(?:ms|s|m|h)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
