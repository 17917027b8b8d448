using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests.Configuration;

public sealed class ConfigurationReferenceTests
{
    /// <summary>With UPDATE_DOCS=1 it writes the page instead.</summary>
    [Fact]
    public void The_documentation_says_what_the_code_does()
    {
        var page = Checkout.File("docs", "configuration.md");
        var text = ConfigurationReference.Write();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(page, text);
        }

        Assert.Equal(text, File.ReadAllText(page));
    }
}
