namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Folders of the checkout that users take as they are.</summary>
internal static class Checkout
{
    public static string Deploy => Path.Combine(Forge.Tests.Checkout.Root, "deploy");

    public static string Example => Path.Combine(Forge.Tests.Checkout.Root, "examples", "repo");
}
