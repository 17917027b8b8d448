using System.Runtime.Versioning;
using GitOpsOperator.Sync.Git.Network;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

[assembly: SupportedOSPlatform("linux")]

// The operator starts its own program for git's network calls, and in a test run that program is this one.
if (args is [GitNetworkChild.Command])
{
    return await GitNetworkChild.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput());
}

// As xunit's generated entry point does it: the first for `dotnet test`, the second for the executable run by hand.
return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
