using System.Text;

namespace GitOpsOperator.Specs.Tests;

/// <summary>Random damage to valid documents: the reader never throws, stays in bounds and keeps its word about subjects.</summary>
[Trait("takes", "long")]
public sealed class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "---\n",
        "...\n",
        "\n",
        "\r",
        "  ",
        "\t",
        ": ",
        "- ",
        "? ",
        "&a ",
        "*a",
        "!x ",
        "!!int ",
        "|\n",
        ">-\n",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\"",
        "'",
        "\\",
        "#",
        "%YAML 1.2\n",
        "<<: ",
        "\u2028",
        "\u0000",
        "\uFEFF",
        "\"\\ud800\"",
        "\"\\U00110000\"",
        "\"\\x\"",
        "metadata:",
        "name: orders",
        "size: 3",
        "apiVersion: v1\n",
        "99999999999999999999",
        "0x",
        "1e99",
        ".nan",
        "~",
        "null",
        "\U0001F418",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Damaged_documents_never_make_the_reader_throw(int seed)
    {
        var random = new Random(seed);
        var valid = Encoding.UTF8.GetBytes(Documents.Valid + "\n---\n" + Documents.Minimal("stock"));
        var clock = TimeProvider.System.GetTimestamp();
        var (taken, refused) = (0, 0);
        for (var round = 0; round < 5_000; round++)
        {
            var damaged = Damage(valid, random);
            DesiredState state;
            try
            {
                state = Documents.Read(Documents.File("input.yaml", damaged));
            }
            catch (Exception thrown)
            {
                throw new InvalidOperationException($"Seed {seed}, round {round}: {Convert.ToBase64String(damaged)}", thrown);
            }

            Check(state, damaged);
            taken += state.Documents.Length;
            refused += state.Findings.Length;
        }

        // Otherwise the damage was too little or too much to show anything.
        Assert.InRange(taken, 2_000, 9_000);
        Assert.InRange(refused, 2_000, 100_000);
        Assert.InRange(TimeProvider.System.GetElapsedTime(clock).TotalSeconds, 0, 120);
    }

    private static void Check(DesiredState state, byte[] damaged)
    {
        var lines =
            damaged.Count(letter => letter is (byte)'\n' or (byte)'\r')
            + Encoding.UTF8.GetString(damaged).Count(letter => letter is '\u2028')
            + 1;
        Assert.All(
            state.Findings,
            finding =>
            {
                Assert.InRange(finding.Location.Line, 1, lines + 1);
                Assert.InRange(finding.Location.Column, 1, damaged.Length + 1);
                Assert.DoesNotContain(finding.ToString(), char.IsControl);
                Assert.Contains(DocumentKinds.Rules, rule => rule.Id == finding.Rule);
            }
        );
        Assert.DoesNotContain(
            state.Documents,
            document => state.Findings.Any(finding => finding.Severity == FindingSeverity.Error && finding.Subject == document.Key)
        );
        Assert.Distinct(state.Documents.Select(document => document.Key));
    }

    private static byte[] Damage(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var hits = random.Next(1, 4); hits > 0; hits--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    bytes.Add((byte)'\n');
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }
}
