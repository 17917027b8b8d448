using System.Runtime.Versioning;
using GitOpsOperator.Sync.Network;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

[assembly: SupportedOSPlatform("linux")]

namespace GitOpsOperator.Forge.Tests;

internal static class Program
{
    /// <summary>What xunit would generate, and before it the child that <see cref="GitNetwork"/> starts.</summary>
    public static async Task<int> Main(string[] args)
    {
        if (args is [GitNetworkChild.Command])
        {
            return await GitNetworkChild.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput());
        }

        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}
