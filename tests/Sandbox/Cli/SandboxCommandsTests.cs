using GitOpsOperator.Sandbox.Cli;

namespace GitOpsOperator.Sandbox.Tests.Cli;

/// <summary>What is typed, as far as no sandbox has to run for it.</summary>
public sealed class SandboxCommandsTests
{
    [Theory]
    [InlineData("fault kill orders-0-0")]
    [InlineData("fault partition orders-0-0")]
    [InlineData("fault partition orders-0-0 --from 10.128.0.1:6443")]
    [InlineData("fault node-down sandbox-1")]
    [InlineData("fault slow-start sandbox-1 --seconds 1-120")]
    [InlineData("fault silent-addresses sandbox-2 --seconds 0")]
    [InlineData("up --start-delay 1-120 --storage-delay 5 --silent-addresses 0.5-20")]
    [InlineData("up --image gitops-operator=out --image other=folder=with=signs")]
    [InlineData("run --reach 8080 --reach 8081")]
    [InlineData("verify --endpoint http://orders-client.default.svc:2379 --history history.jsonl")]
    public void What_is_right_has_no_error(string line) => Assert.Empty(Errors(line));

    [Theory]
    [InlineData(
        "fault burn orders-0-0",
        "'burn' is no fault; known: kill, wipe, stop, continue, partition, heal, copy-volume, "
            + "old-volume, node-down, node-up, slow-start, slow-storage, silent-addresses"
    )]
    [InlineData("fault kill orders-0-0 --from 10.128.0.1", "--from is of use with partition alone")]
    [InlineData("fault kill orders-0-0 --seconds 3", "--seconds is of use with what makes a node slow alone")]
    [InlineData("fault slow-start sandbox-1", "how slow is told by --seconds, as 20 or 1-120")]
    [InlineData("fault slow-storage sandbox-1 --seconds 9-3", "--seconds: '9-3' is no number of seconds; give for example 20 or 1-120")]
    [InlineData("up --start-delay soon", "--start-delay: 'soon' is no number of seconds; give for example 20 or 1-120")]
    [InlineData("up --image gitops-operator", "--image: 'gitops-operator' is not NAME=FOLDER; give for example gitops-operator=out")]
    [InlineData("up --image =out", "--image: '=out' is not NAME=FOLDER; give for example gitops-operator=out")]
    [InlineData(
        "write --endpoint orders --history h",
        "--endpoint: 'orders' is no URL; give for example http://orders-client.default.svc:2379"
    )]
    public void What_is_wrong_is_told(string line, string error) => Assert.Equal([error], Errors(line));

    [Theory]
    [InlineData("fault cut orders-0-0 --from 10.128.0.1")]
    [InlineData("fault lose sandbox-1")]
    [InlineData("fault return sandbox-1")]
    [InlineData("account --endpoint http://orders-client.default.svc:2379 --history history.jsonl")]
    public void What_was_called_otherwise_is_still_known_by_its_old_name(string line) => Assert.Empty(Errors(line));

    [Theory, InlineData("cut", "partition"), InlineData("lose", "node-down"), InlineData("return", "node-up"), InlineData("heal", "heal")]
    public void An_old_name_is_of_the_same_fault(string given, string name) => Assert.Equal(name, Faults.Find(given)?.Name);

    [Fact]
    public void Old_names_are_not_taught()
    {
        var shown = SandboxCommands.Create().Subcommands.Where(command => !command.Hidden).Select(command => command.Name);
        Assert.Equal(["up", "exec", "fault", "write", "verify", "storm"], shown);
        Assert.DoesNotContain("lose", FaultCommand.Create().Arguments[0].Description, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Errors(string line) => SandboxCommands.Create().Parse(line).Errors.Select(error => error.Message);
}
