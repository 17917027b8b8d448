using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using GitOpsOperator.Operator.Election;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>Finds every error of a configuration, so that a person fixes them at once.</summary>
internal static partial class ConfigurationValidation
{
    private static readonly TimeSpan SettleFloor = TimeSpan.FromSeconds(5);

    /// <summary>Less than the time that a healthy API server may take for an answer would stop everything now and then.</summary>
    private static readonly TimeSpan StalenessFloor = TimeSpan.FromSeconds(3);

    public static IEnumerable<string> Errors(OperatorConfiguration configuration)
    {
        if (!NamePattern().IsMatch(configuration.OperatorId))
        {
            yield return $"operatorId: '{configuration.OperatorId}' is no name; allowed are lower-case letters, digits and '-', 63 at most";
        }

        if (configuration.Kubeconfig.Length > 0 && !File.Exists(configuration.Kubeconfig))
        {
            yield return $"kubeconfig: {configuration.Kubeconfig} does not exist";
        }

        if (configuration.Repositories.Count == 0)
        {
            yield return "repositories: none is given; the operator needs at least one with a name and a url";
        }

        foreach (var name in configuration.Repositories.GroupBy(repository => repository.Name).Where(group => group.Count() > 1))
        {
            yield return $"repositories: the name '{name.Key}' is given {name.Count()} times; each needs its own";
        }

        foreach (var name in configuration.Namespaces.Where(name => !NamePattern().IsMatch(name ?? "")))
        {
            yield return $"namespaces: '{name}' is no name of a namespace; allowed are lower-case letters, digits and '-', 63 at most";
        }

        foreach (var name in configuration.Namespaces.GroupBy(name => name).Where(group => group.Count() > 1))
        {
            yield return $"namespaces: '{name.Key}' is given {name.Count()} times";
        }

        foreach (
            var error in configuration.Repositories.SelectMany(
                (repository, index) => Errors(repository, $"repositories[{index}]", Modules.KindsOf(configuration.Modules))
            )
        )
        {
            yield return error;
        }

        if (configuration.Http.Listen.Length > 0 && configuration.Http.Endpoint is null)
        {
            yield return $"http.listen: '{configuration.Http.Listen}' is no address with a port; write for example 127.0.0.1:8080 "
                + "or *:8080";
        }

        if (configuration.Http is { Endpoint: { } endpoint, HealthEndpoint: null })
        {
            yield return $"http.healthPort: {configuration.Http.HealthPort} is no port beside http.listen's {endpoint.Port}; give "
                + "another one, such as 8081";
        }

        if (configuration.Http is { Listen: "", HealthPort: not 0 })
        {
            yield return $"http.healthPort: {configuration.Http.HealthPort} is at the address of http.listen, and that is empty; give "
                + "it, for example *:8080";
        }

        if (configuration.Http.Address is { Length: > 0 } address && !IPAddress.TryParse(address, out _))
        {
            yield return $"http.address: '{address}' is no IP address; give this replica's own, such as 10.0.0.7";
        }

        if (configuration.Limits.ClustersDisruptedAtOnce < 1)
        {
            yield return $"limits.clustersDisruptedAtOnce: {configuration.Limits.ClustersDisruptedAtOnce} would let nothing be done; "
                + "to stop the operator see docs/operations.md";
        }

        if (configuration.Limits.ClustersChangedAtOnce < 0)
        {
            yield return $"limits.clustersChangedAtOnce: {configuration.Limits.ClustersChangedAtOnce} is less than nothing; give a "
                + "number of clusters, or 0 for any number";
        }

        foreach (var error in Errors(configuration.Timing).Concat(Errors(configuration.LeaderElection)))
        {
            yield return error;
        }
    }

    private static IEnumerable<string> Errors(RepositoryConfiguration repository, string where, ImmutableArray<DocumentKind> kinds)
    {
        if (!NamePattern().IsMatch(repository.Name))
        {
            yield return $"{where}.name: '{repository.Name}' is no name; allowed are lower-case letters, digits and '-', 63 at most";
        }

        if (repository.Url.Length == 0)
        {
            yield return $"{where}.url: missing";
        }
        else if (
            Uri.TryCreate(repository.Url, UriKind.Absolute, out var url)
            && url.UserInfo.Length > 0
            && (url.Scheme != "ssh" || url.UserInfo.Contains(':', StringComparison.Ordinal))
        )
        {
            yield return $"{where}.url: holds credentials; put the token into a file and name it as tokenFile";
        }

        if (repository.TokenFile.Length > 0 && !File.Exists(repository.TokenFile))
        {
            yield return $"{where}.tokenFile: {repository.TokenFile} does not exist";
        }

        foreach (
            var (option, file) in ((string, string)[])[("sshKeyFile", repository.SshKeyFile), ("knownHostsFile", repository.KnownHostsFile)]
        )
        {
            if (file.Length > 0 ? !File.Exists(file) : repository.Url.StartsWith("ssh:", StringComparison.OrdinalIgnoreCase))
            {
                yield return file.Length > 0
                    ? $"{where}.{option}: {file} does not exist"
                    : $"{where}.{option}: missing; ssh needs a key and the keys of the hosts that it may trust";
            }
        }

        foreach (
            var error in repository.PullRequests is { } pulls
                ? PullRequestValidation.Errors(repository, pulls, $"{where}.pullRequests")
                : []
        )
        {
            yield return error;
        }

        foreach (var error in repository.Allow.Errors($"{where}.allow", kinds))
        {
            yield return error;
        }

        foreach (
            var error in repository.MaintenanceWindows.SelectMany((window, index) => window.Errors($"{where}.maintenanceWindows[{index}]"))
        )
        {
            yield return error;
        }

        foreach (var error in AtLeast($"{where}.interval", repository.Interval, TimeSpan.FromSeconds(1)))
        {
            yield return error;
        }

        foreach (var error in AtLeast($"{where}.timeout", repository.Timeout, TimeSpan.FromSeconds(1)))
        {
            yield return error;
        }
    }

    private static IEnumerable<string> Errors(TimingConfiguration timing) =>
        [
            .. AtLeast("timing.statusWindow", timing.StatusWindow, TimeSpan.Zero),
            .. AtLeast("timing.grace", timing.Grace, SettleFloor),
            .. AtLeast("timing.settle", timing.Settle, SettleFloor),
            .. AtLeast("timing.staleness", timing.Staleness, StalenessFloor),
            .. AtLeast("timing.resync", timing.Resync, TimeSpan.FromSeconds(1)),
        ];

    private static IEnumerable<string> Errors(LeaderElectionConfiguration election) =>
        [
            .. Name("leaderElection.namespace", election.Namespace),
            .. Name("leaderElection.name", election.Name),
            .. AtLeast("leaderElection.renewDeadline", election.RenewDeadline, TimeSpan.FromSeconds(2)),
            .. AtLeast("leaderElection.retryPeriod", election.RetryPeriod, TimeSpan.FromMilliseconds(100)),
            .. election.LeaseDuration - election.RenewDeadline >= LeaseTerms.LeastMargin
                ? (string[])[]
                :
                [
                    $"leaderElection.leaseDuration: {election.LeaseDuration.TotalSeconds} s leaves less than "
                        + $"{LeaseTerms.LeastMargin.TotalSeconds} s after the "
                        + $"renewDeadline of {election.RenewDeadline.TotalSeconds} s; a call that was sent at the last moment needs them",
                ],
            .. election.RetryPeriod <= election.RenewDeadline / 2
                ? (string[])[]
                :
                [
                    $"leaderElection.retryPeriod: {election.RetryPeriod.TotalSeconds} s is more than half of the renewDeadline of "
                        + $"{election.RenewDeadline.TotalSeconds} s",
                ],
        ];

    private static IEnumerable<string> Name(string where, string value) =>
        value.Length == 0 || NamePattern().IsMatch(value)
            ? []
            : [$"{where}: '{value}' is no name; allowed are lower-case letters, digits and '-', 63 at most"];

    internal static IEnumerable<string> AtLeast(string where, TimeSpan value, TimeSpan floor) =>
        value >= floor ? [] : [$"{where}: {value.TotalSeconds} s is too short; at least {floor.TotalSeconds} s"];

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex NamePattern();
}
