using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// What in a configuration nobody but Prometheus is to read: the fields that Prometheus itself hides when it shows its configuration (its
/// type Secret, https://prometheus.io/docs/prometheus/latest/configuration/configuration/), and those that documents take from Secrets
/// beside them, such as user names.
/// </summary>
public static partial class ConfigurationSecrets
{
    public const string Mark = "(secret)";

    private static readonly FrozenSet<string> Fields = new[]
    {
        "access_key",
        "application_credential_secret",
        "application_key",
        "application_secret",
        "auth_token",
        "bearer_token",
        "client_id",
        "client_secret",
        "consumer_key",
        "credentials",
        "key",
        "password",
        "secret_key",
        "token",
        "username",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Below these every value may be one.</summary>
    private static readonly FrozenSet<string> Sections = new[] { "headers", "http_headers", "proxy_connect_header" }.ToFrozenSet(
        StringComparer.Ordinal
    );

    /// <summary>The same, with a mark for each value that is secret.</summary>
    public static ConfigNode Mask(ConfigNode node) => Mask(node, within: false);

    /// <summary>Somebody's words about a configuration, without the secrets that are in it.</summary>
    /// <param name="configuration">As it was written.</param>
    public static string MaskIn(string words, string configuration)
    {
        if (ConfigReader.Read(configuration) is not { } node)
        {
            return "(what was said of it is not shown, since what is secret in it is not known)";
        }

        var secrets = new HashSet<string>(StringComparer.Ordinal);
        Collect(node, within: false, secrets);

        // A word of one or two letters would blot out the whole text and is no secret.
        foreach (var secret in secrets.Where(secret => secret.Length > 2).OrderByDescending(secret => secret.Length))
        {
            words = words.Replace(secret, Mark, StringComparison.Ordinal);
        }

        return WithoutUser(words);
    }

    private static ConfigNode Mask(ConfigNode node, bool within) =>
        node switch
        {
            ConfigMapping mapping => Masked(mapping, within),
            ConfigSequence sequence => new ConfigSequence(sequence.Select(item => Mask(item, within))),
            ConfigScalar scalar when within => scalar.Text.Length == 0 ? scalar : Mark,
            ConfigScalar scalar when scalar.Text.Contains("://", StringComparison.Ordinal) => new ConfigScalar(
                WithoutUser(scalar.Text),
                scalar.IsText
            ),
            _ => node,
        };

    private static ConfigMapping Masked(ConfigMapping mapping, bool within)
    {
        var masked = new ConfigMapping();
        foreach (var (key, value) in mapping)
        {
            masked.Add(key, Mask(value, within || IsSecret(key, value)));
        }

        return masked;
    }

    private static void Collect(ConfigNode node, bool within, HashSet<string> secrets)
    {
        switch (node)
        {
            case ConfigMapping mapping:
                foreach (var (key, value) in mapping)
                {
                    Collect(value, within || IsSecret(key, value), secrets);
                }

                break;
            case ConfigSequence sequence:
                foreach (var item in sequence)
                {
                    Collect(item, within, secrets);
                }

                break;
            case ConfigScalar scalar when within:
                secrets.Add(scalar.Text);
                break;
        }
    }

    private static bool IsSecret(string key, ConfigNode value) => Sections.Contains(key) || (value is ConfigScalar && Fields.Contains(key));

    private static string WithoutUser(string text) => User().Replace(text, $"$1{Mark}@");

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]*://)[^/@\s]+@", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex User();
}
