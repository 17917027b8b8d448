using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git;

internal static class LibGit2
{
    private static readonly Lazy<bool> Isolated = new(() =>
    {
        foreach (
            var level in (ConfigurationLevel[])
                [ConfigurationLevel.Global, ConfigurationLevel.Xdg, ConfigurationLevel.System, ConfigurationLevel.ProgramData]
        )
        {
            GlobalSettings.SetConfigSearchPaths(level, []);
        }

        return true;
    });

    /// <summary>
    /// Keeps the git configuration of the user and the machine out: an <c>insteadOf</c> or a proxy there would send us,
    /// and our token, elsewhere than the operator's own configuration says. Process-wide, before the first repository.
    /// </summary>
    public static void Isolate() => _ = Isolated.Value;
}
