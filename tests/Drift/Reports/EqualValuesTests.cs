using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GitOpsOperator.Drift.Comparison;

namespace GitOpsOperator.Drift.Tests.Reports;

/// <summary>What is written otherwise and means the same is no drift; beside each such pair stands one that differs, so that the comparison
/// is seen to look.</summary>
public sealed class EqualValuesTests
{
    [Theory]
    [InlineData(
        """{"resources":{"requests":{"cpu":"1"}}}""",
        """{"resources":{"requests":{"cpu":"1000m"}}}""",
        """{"resources":{"requests":{"cpu":"1001m"}}}"""
    )]
    [InlineData(
        """{"resources":{"requests":{"cpu":"0.5"}}}""",
        """{"resources":{"requests":{"cpu":"500m"}}}""",
        """{"resources":{"requests":{"cpu":"5m"}}}"""
    )]
    [InlineData(
        """{"resources":{"requests":{"cpu":2}}}""",
        """{"resources":{"requests":{"cpu":"2"}}}""",
        """{"resources":{"requests":{"cpu":"3"}}}"""
    )]
    [InlineData(
        """{"resources":{"limits":{"memory":"1Gi"}}}""",
        """{"resources":{"limits":{"memory":"1024Mi"}}}""",
        """{"resources":{"limits":{"memory":"1G"}}}"""
    )]
    [InlineData(
        """{"resources":{"limits":{"memory":"1073741824"}}}""",
        """{"resources":{"limits":{"memory":"1Gi"}}}""",
        """{"resources":{"limits":{"memory":"1073741825"}}}"""
    )]
    [InlineData(
        """{"resources":{"limits":{"memory":"1e3"}}}""",
        """{"resources":{"limits":{"memory":"1k"}}}""",
        """{"resources":{"limits":{"memory":"1Ki"}}}"""
    )]
    [InlineData(
        """{"resources":{"limits":{"memory":"1.5Gi"}}}""",
        """{"resources":{"limits":{"memory":"1536Mi"}}}""",
        """{"resources":{"limits":{"memory":"1500Mi"}}}"""
    )]
    [InlineData(
        """{"emptyDir":{"sizeLimit":"2Gi"}}""",
        """{"emptyDir":{"sizeLimit":"2048Mi"}}""",
        """{"emptyDir":{"sizeLimit":"2000Mi"}}"""
    )]
    [InlineData("""{"interval":"60s"}""", """{"interval":"1m"}""", """{"interval":"61s"}""")]
    [InlineData("""{"scrapeTimeout":"1h30m"}""", """{"scrapeTimeout":"90m"}""", """{"scrapeTimeout":"91m"}""")]
    [InlineData("""{"timeout":"1500ms"}""", """{"timeout":"1.5s"}""", """{"timeout":"2s"}""")]
    [InlineData("""{"retention":"14d"}""", """{"retention":"2w"}""", """{"retention":"15d"}""")]
    [InlineData("""{"evaluation_interval":"0s"}""", """{"evaluation_interval":"0"}""", """{"evaluation_interval":"1s"}""")]
    [InlineData("""{"targetPort":2379}""", """{"targetPort":"2379"}""", """{"targetPort":"client"}""")]
    [InlineData("""{"minAvailable":2}""", """{"minAvailable":"2"}""", """{"minAvailable":"2%"}""")]
    [InlineData("""{"periodSeconds":5}""", """{"periodSeconds":5.0}""", """{"periodSeconds":6}""")]
    [InlineData("""{"periodSeconds":10}""", "{}", """{"periodSeconds":5}""")]
    [InlineData("""{"replicas":1}""", "{}", """{"replicas":0}""")]
    [InlineData("""{"protocol":"TCP"}""", "{}", """{"protocol":"UDP"}""")]
    [InlineData("""{"scheme":"HTTP"}""", "{}", """{"scheme":"HTTPS"}""")]
    [InlineData("""{"terminationGracePeriodSeconds":30}""", "{}", """{"terminationGracePeriodSeconds":0}""")]
    [InlineData("""{"revisionHistoryLimit":10}""", "{}", """{"revisionHistoryLimit":2}""")]
    [InlineData("""{"volumeMode":"Filesystem"}""", "{}", """{"volumeMode":"Block"}""")]
    [InlineData("""{"readOnly":false}""", "{}", """{"readOnly":true}""")]
    [InlineData("""{"storageClassName":""}""", "{}", """{"storageClassName":"fast"}""")]
    [InlineData("""{"storageClassName":null}""", """{"storageClassName":"standard"}""", null)]
    [InlineData("""{"securityContext":{}}""", "{}", null)]
    [InlineData("""{"args":[]}""", "{}", null)]
    [InlineData(
        """{"image":"etcd"}""",
        """{"image":"etcd","imagePullPolicy":"IfNotPresent","terminationMessagePath":"/dev/termination-log"}""",
        """{"image":"other"}"""
    )]
    [InlineData(
        """{"containers":[{"name":"etcd","image":"e"}]}""",
        """{"containers":[{"name":"sidecar","image":"s"},{"name":"etcd","image":"e"}]}""",
        """{"containers":[{"name":"etcd","image":"s"}]}"""
    )]
    [InlineData(
        """{"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}""",
        """{"env":[{"name":"B","value":"2"},{"name":"A","value":"1"}]}""",
        """{"env":[{"name":"B","value":"1"},{"name":"A","value":"1"}]}"""
    )]
    [InlineData(
        """{"ports":[{"name":"client","port":2379}]}""",
        """{"ports":[{"name":"other","port":1},{"name":"client","port":2379,"protocol":"TCP","targetPort":2379}]}""",
        """{"ports":[{"name":"client","port":2380}]}"""
    )]
    [InlineData("""{"ports":[{"port":2379,"protocol":"TCP"}]}""", """{"ports":[{"port":2379}]}""", """{"ports":[]}""")]
    [InlineData(
        """{"volumeMounts":[{"name":"data","mountPath":"/data"}]}""",
        """{"volumeMounts":[{"name":"token","mountPath":"/run/token"},{"name":"data","mountPath":"/data"}]}""",
        """{"volumeMounts":[{"name":"data","mountPath":"/other"}]}"""
    )]
    [InlineData(
        """{"volumes":[{"name":"data","emptyDir":{}}]}""",
        """{"volumes":[{"name":"x","emptyDir":{}},{"name":"data","emptyDir":{}}]}""",
        """{"volumes":[{"name":"data"}]}"""
    )]
    [InlineData(
        """{"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"]}}]}""",
        """{"volumeClaimTemplates":[{"kind":"PersistentVolumeClaim","metadata":{"name":"data"},"spec":"""
            + """{"accessModes":["ReadWriteOnce"],"volumeMode":"Filesystem"},"status":{"phase":"Pending"}}]}""",
        """{"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteMany"]}}]}"""
    )]
    [InlineData(
        """{"accessModes":["ReadWriteOnce","ReadOnlyMany"]}""",
        """{"accessModes":["ReadOnlyMany","ReadWriteOnce"]}""",
        """{"accessModes":["ReadOnlyMany"]}"""
    )]
    [InlineData(
        """{"capabilities":{"drop":["ALL","NET_RAW"]}}""",
        """{"capabilities":{"drop":["NET_RAW","ALL"]}}""",
        """{"capabilities":{"drop":["ALL"]}}"""
    )]
    [InlineData(
        """{"updateStrategy":{"type":"OnDelete"}}""",
        """{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}""",
        """{"updateStrategy":{"type":"RollingUpdate"}}"""
    )]
    [InlineData("""{"selector":{"a":"1","b":"2"}}""", """{"selector":{"b":"2","a":"1"}}""", """{"selector":{"a":"1","b":"2","c":"3"}}""")]
    [InlineData("""{"command":["a","b"]}""", """{"command":["a","b"]}""", """{"command":["b","a"]}""")]
    public void Values_that_mean_the_same_are_no_difference(string git, string live, string? other)
    {
        Assert.Empty(Compare(git, live));
        if (other is not null)
        {
            Assert.NotEmpty(Compare(git, other));
        }
    }

    [Fact]
    public void Labels_and_annotations_of_others_are_no_difference_and_missing_ones_are()
    {
        var git = JsonNode
            .Parse("""{"kind":"Service","metadata":{"name":"a","labels":{"ours":"1"},"annotations":{"ours":"1"}}}""")!
            .AsObject();
        Assert.Empty(
            ObjectComparison.Compare(
                git,
                JsonNode
                    .Parse(
                        """{"metadata":{"name":"a","uid":"u","labels":{"ours":"1","theirs":"2"},"annotations":"""
                            + """{"theirs":"2","ours":"1"}},"status":{"x":1}}"""
                    )!
                    .AsObject()
            )
        );
        var difference = Assert.Single(
            ObjectComparison.Compare(git, JsonNode.Parse("""{"metadata":{"annotations":{"ours":"1"}}}""")!.AsObject())
        );
        Assert.Equal("metadata.labels.ours", difference.Path.ToString());
    }

    private static ImmutableArray<FieldDifference> Compare(string git, string live) =>
        ObjectComparison.Compare(new JsonObject { ["spec"] = JsonNode.Parse(git) }, new JsonObject { ["spec"] = JsonNode.Parse(live) });
}
