namespace GitOpsOperator.Operator.Tests.Architecture;

/// <summary>
/// Who knows whom among the folders of the program, read from its sources: what finds things out knows the state, and so does what shows
/// it.
/// </summary>
public sealed class ProgramFolderTests
{
    private const string Program = "GitOpsOperator.Operator";
    private const string State = $"{Program}.State";
    private const string Outputs = $"{Program}.Outputs";

    private static readonly Dictionary<string, IReadOnlySet<string>> Uses = SourceFolders.Uses("Operator", Program);

    [Fact]
    public void Dependencies_between_folders_point_one_way()
    {
        var cycle = SourceFolders.CycleIn(Uses);

        Assert.True(cycle is null, $"a cycle: {string.Join(" → ", cycle ?? [])}");
    }

    [Fact]
    public void The_state_knows_no_other_folder() => Assert.Empty(Uses[State]);

    [Fact]
    public void Outputs_know_the_state_and_each_other_alone()
    {
        var outputs = Uses.Where(entry => SourceFolders.IsWithin(entry.Key, Outputs)).ToList();

        // The branch, custom resources, Events, HTTP and the page.
        Assert.True(outputs.Count >= 5, string.Join(", ", outputs.Select(entry => entry.Key)));
        Assert.All(
            outputs,
            output => Assert.All(output.Value, used => Assert.True(used == State || SourceFolders.IsWithin(used, Outputs), used))
        );
    }

    [Fact]
    public void A_cycle_is_found_and_shown_from_end_to_end()
    {
        var uses = new Dictionary<string, IReadOnlySet<string>>
        {
            ["start"] = new HashSet<string> { "a", "leaf" },
            ["a"] = new HashSet<string> { "leaf", "b" },
            ["b"] = new HashSet<string> { "c" },
            ["c"] = new HashSet<string> { "a" },
            ["leaf"] = new HashSet<string>(),
        };

        Assert.Equal(["a", "b", "c", "a"], SourceFolders.CycleIn(uses));
        Assert.Null(SourceFolders.CycleIn(uses.Where(entry => entry.Key != "c").ToDictionary()));
    }
}
