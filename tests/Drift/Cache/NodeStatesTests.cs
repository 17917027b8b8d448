using System.Net;
using GitOpsOperator.Drift.Cache;

namespace GitOpsOperator.Drift.Tests.Cache;

public sealed class NodeStatesTests
{
    [Theory]
    [InlineData("""{"type":"Ready","status":"True"}""", null)]
    [InlineData(
        """{"type":"Ready","status":"Unknown","reason":"NodeStatusUnknown","lastTransitionTime":"2026-01-02T03:04:05Z"}""",
        "its node node-2 has not been ready since 2026-01-02T03:04:05Z: NodeStatusUnknown"
    )]
    [InlineData("""{"type":"Ready","status":"False","reason":"KubeletNotReady"}""", "its node node-2 is not ready: KubeletNotReady")]
    [InlineData("""{"type":"DiskPressure","status":"False"}""", "its node node-2 has never said that it is ready")]
    public Task What_a_node_says_of_itself_is_believed(string condition, string? reason) =>
        SaysAsync(
            $$$"""{"kind":"Node","apiVersion":"v1","metadata":{"name":"node-2"},"status":{"conditions":[{{{condition}}}]} }""",
            HttpStatusCode.OK,
            reason
        );

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "its node node-2 is not in the cluster any more")]
    [InlineData(HttpStatusCode.Forbidden, "whether its node node-2 is there is not known, since this operator may not get nodes")]
    [InlineData(
        HttpStatusCode.ServiceUnavailable,
        "whether its node node-2 is there is not known: Operation returned an invalid status code 'ServiceUnavailable', response body {}"
    )]
    public Task A_node_that_cannot_be_asked_for_is_not_taken_for_ready(HttpStatusCode code, string reason) => SaysAsync("{}", code, reason);

    private static async Task SaysAsync(string answer, HttpStatusCode code, string? expected)
    {
        await using var api = await ScriptedApi.StartAsync();
        using var client = api.Connect();

        var asking = new NodeStates(client).ReadAsync("node-2", TestContext.Current.CancellationToken);
        var asked = await api.NextAsync();
        Assert.Equal("/api/v1/nodes/node-2", asked.ToString());
        await asked.AnswerAsync(answer, code);

        Assert.Equal(expected, (await asking).NotReadyReason);
    }
}
