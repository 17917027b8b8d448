using System.Text;

namespace GitOpsOperator.Reconcile.Reviews;

/// <summary>A text that must not grow beyond a length, as a forge's comment.</summary>
public static class BoundedText
{
    /// <summary>Appends pieces in their order while they fit, each whole.</summary>
    /// <returns>How many were appended.</returns>
    public static int AppendWhileFits(this StringBuilder text, int longest, IEnumerable<string> pieces)
    {
        var appended = 0;
        foreach (var piece in pieces)
        {
            if (text.Length + piece.Length > longest)
            {
                break;
            }

            text.Append(piece);
            appended++;
        }

        return appended;
    }
}
