namespace GitOpsOperator.TestKit.Runs;

/// <summary>
/// Tests that only <c>make test-long</c> runs: those that show again, with another version, size or fault, what one of <c>make test</c>
/// shows, and those that take minutes.
/// </summary>
public static class LongTests
{
    public static bool Chosen { get; } = Environment.GetEnvironmentVariable("TEST_LONG") == "1";

    /// <summary>Skips the test that calls it, unless long tests are chosen.</summary>
    public static void Only() => OnlyUnless(false);

    /// <param name="short">This case is one of <c>make test</c> as well.</param>
    public static void OnlyUnless(bool @short) => Assert.SkipUnless(@short || Chosen, "It takes minutes: make test-long runs it");
}
