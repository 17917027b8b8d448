namespace GitOpsOperator.Sync.Tests;

internal static class Expect
{
    /// <summary>As Assert.IsType, and a failure shows the whole record: its message says why.</summary>
    public static T Is<T>(object actual)
    {
        Assert.True(actual is T, $"Expected {typeof(T).Name}, got {actual}");
        return (T)actual;
    }
}
