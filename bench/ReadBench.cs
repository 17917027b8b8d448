using System.Globalization;
using System.Text;
using GitOpsOperator.Operator;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Bench;

/// <summary>Reading documents. Baseline: all of them for the first time.</summary>
internal static class ReadBench
{
    private const int Documents = 10_000;

    public static void Run()
    {
        var files = Enumerable.Range(0, Documents).Select(number => File(number, 3)).ToList();
        var changed = files.Select((file, number) => number == 5000 ? File(number, 5) : file).ToList();

        Measure.Head($"{Documents} documents in as many files");
        var cold = Measure.Print("read cold", () => Read(new DocumentReader(Modules.AllKinds), files));
        var reader = new DocumentReader(Modules.AllKinds);
        reader.Read(files);
        var turn = false;
        Measure.Print("read with one changed", () => Read(reader, (turn = !turn) ? changed : files), cold, "cold");
    }

    private static string Read(DocumentReader reader, List<SourceFile> files) => $"{reader.Read(files).Documents.Length} documents";

    private static SourceFile File(int number, int size)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            apiVersion: gitops-operator.dev/v1alpha1
            kind: EtcdCluster
            metadata:
              name: orders-{number}
            spec:
              size: {size}
              version: 3.5.16
              storage:
                size: 1Gi
            """
        );
        return new(
            string.Create(CultureInfo.InvariantCulture, $"clusters/orders-{number}.yaml"),
            string.Create(CultureInfo.InvariantCulture, $"{number}-{size}"),
            Encoding.UTF8.GetBytes(text)
        );
    }
}
