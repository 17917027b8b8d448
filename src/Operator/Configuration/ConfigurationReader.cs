using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;
using YamlDotNet.Serialization.ObjectFactories;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>
/// A configuration is a YAML file, over which environment variables (<c>GITOPS_OPERATOR_ID</c>, <c>GITOPS_OPERATOR_KUBECONFIG</c>,
/// <c>GITOPS_OPERATOR_STATE_DIRECTORY</c>, <c>GITOPS_OPERATOR_ADDRESS</c>) are laid, over which flags are laid.
/// </summary>
public static class ConfigurationReader
{
    private const int MaxFile = 256 * 1024;

    /// <param name="override">Applies the command's flags.</param>
    /// <exception cref="ConfigurationException">With everything that is wrong.</exception>
    public static OperatorConfiguration Read(string path, Func<string, string?> environment, Action<OperatorConfiguration> @override) =>
        Read(path, environment, @override, Modules.Create);

    /// <param name="modules">The domains, of which each may have a section.</param>
    internal static OperatorConfiguration Read(
        string path,
        Func<string, string?> environment,
        Action<OperatorConfiguration> @override,
        ModuleFactory modules
    )
    {
        var configuration = Parse(path, modules);
        configuration.OperatorId = environment("GITOPS_OPERATOR_ID") ?? configuration.OperatorId;
        configuration.Kubeconfig = environment("GITOPS_OPERATOR_KUBECONFIG") ?? configuration.Kubeconfig;
        configuration.StateDirectory = environment("GITOPS_OPERATOR_STATE_DIRECTORY") ?? configuration.StateDirectory;
        configuration.Http.Address = environment("GITOPS_OPERATOR_ADDRESS") ?? configuration.Http.Address;
        @override(configuration);

        var errors = ConfigurationValidation.Errors(configuration).Select(error => $"{path}: {error}").ToList();
        return errors.Count == 0 ? configuration : throw new ConfigurationException(errors);
    }

    private static OperatorConfiguration Parse(string path, ModuleFactory modules)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new ConfigurationException([$"{path} does not exist; name the configuration file with --config"]);
        }

        if (file.Length > MaxFile)
        {
            throw new ConfigurationException([$"{path} has {file.Length} bytes; a configuration has {MaxFile} at most"]);
        }

        var deserializer = new DeserializerBuilder()
            .WithNamingConvention(CamelCaseNamingConvention.Instance)
            .WithTypeConverter(new DurationConverter())
            .WithTypeInspector(inner => new DomainSections(inner, modules))
            .WithObjectFactory(new ConfigurationFactory(modules))
            .Build();
        try
        {
            return deserializer.Deserialize<OperatorConfiguration?>(File.ReadAllText(path)) ?? new(modules());
        }
        catch (YamlException error)
        {
            var cause = error.InnerException is YamlException or FormatException ? error.InnerException.Message : error.Message;
            throw new ConfigurationException([
                string.Create(CultureInfo.InvariantCulture, $"{path}:{error.Start.Line}:{error.Start.Column}: {cause}"),
            ]);
        }
    }

    /// <summary>Makes the root with the program's modules, and everything else as ever.</summary>
    private sealed class ConfigurationFactory(ModuleFactory modules) : ObjectFactoryBase
    {
        private readonly DefaultObjectFactory _others = new();

        public override object Create(Type type) =>
            type == typeof(OperatorConfiguration) ? new OperatorConfiguration(modules()) : _others.Create(type);
    }
}
