using GitOpsOperator.Sandbox;
using GitOpsOperator.Sandbox.Tests;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// The sandbox under test starts its own program again inside the namespaces, and in a test run that program is this one.
if (args is [SandboxCommand.NodeArgument, ..])
{
    return await SandboxCommand.RunNodeAsync(args, CancellationToken.None);
}

// As xunit's generated entry point does it: the first for `dotnet test`, the second for the executable run by hand.
return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
