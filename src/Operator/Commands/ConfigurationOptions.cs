using System.CommandLine;
using GitOpsOperator.Operator.Configuration;

namespace GitOpsOperator.Operator.Commands;

/// <summary>The flags by which a command finds its configuration.</summary>
internal sealed class ConfigurationOptions(ModuleFactory modules)
{
    private readonly Option<string> _config = new("--config", "-c")
    {
        Description = "Configuration file (YAML). Also: GITOPS_OPERATOR_CONFIG",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("GITOPS_OPERATOR_CONFIG") ?? "/etc/gitops-operator/config.yaml",
    };

    private readonly Option<string?> _kubeconfig = Kubeconfig();

    private readonly Option<string?> _stateDirectory = new("--state-directory")
    {
        Description = "Folder for mirrors of repositories. Also: GITOPS_OPERATOR_STATE_DIRECTORY",
    };

    /// <summary>How the cluster is reached. Null where nothing is said; the environment's word is for who reads it.</summary>
    public static Option<string?> Kubeconfig() =>
        new("--kubeconfig")
        {
            Description = "Kubeconfig file; default: the pod's service account, else ~/.kube/config. Also: GITOPS_OPERATOR_KUBECONFIG",
        };

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_kubeconfig);
        command.Options.Add(_stateDirectory);
    }

    public OperatorConfiguration Read(ParseResult parsed) =>
        ConfigurationReader.Read(
            parsed.GetRequiredValue(_config),
            Environment.GetEnvironmentVariable,
            configuration =>
            {
                configuration.Kubeconfig = parsed.GetValue(_kubeconfig) ?? configuration.Kubeconfig;
                configuration.StateDirectory = parsed.GetValue(_stateDirectory) ?? configuration.StateDirectory;
            },
            modules
        );
}
