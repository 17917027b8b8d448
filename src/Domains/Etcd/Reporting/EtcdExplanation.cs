using System.Globalization;
using System.Text;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;

namespace GitOpsOperator.Domains.Etcd.Reporting;

/// <summary>
/// Why a cluster is where it is: what was seen, what the gate says to it, what comes next and what would unblock it. Pure.
/// </summary>
public static class EtcdExplanation
{
    public static string Write(EtcdDesired desired, EtcdLive live) => Write(desired, live, EtcdHashes.Rendered);

    internal static string Write(EtcdDesired desired, EtcdLive live, EtcdHashes hashes)
    {
        // The planner itself is asked, and the gate is overheard: what it was asked about and what it said.
        (EtcdStep Step, GateResult Result)? heard = null;
        var (decision, rule) = EtcdPlanner.Decide(
            desired,
            live,
            hashes,
            (s, step) =>
            {
                var verdict = QuorumGateChecks.Check(s, step);
                heard ??= ((EtcdStep)step, verdict);
                return verdict;
            }
        );
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{live.Cluster}  ({desired.Source.Path}:{desired.Source.Line} at {PlanText.ShortCommit(desired.Source.Commit)})\n"
        );
        text.Append("\nSeen\n");
        Seen(text, EtcdReport.Of(desired, live, decision, null), live);
        if (heard is var (asked, said))
        {
            text.Append(CultureInfo.InvariantCulture, $"\nThe gate before: {asked.Describe(live).Sentence}\n");
            foreach (var check in said.Checks)
            {
                text.Append("  ").Append(check).Append('\n');
            }
        }

        text.Append("\nNext\n");
        Next(text, live, decision, rule);
        return text.ToString();
    }

    private static void Seen(StringBuilder text, ClusterReport report, EtcdLive live)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {report.Summary}; desired: {report.Desired}\n");
        text.Append(
            live.Record switch
            {
                null => "  no record: nothing was ever done for this cluster\n",
                { Intent: null, Accepted: var accepted } => $"  record: {Accepted(accepted)}, nothing under way\n",
                { Intent: var intent, Accepted: var accepted } => $"  record: {Accepted(accepted)}, under way: {Words(intent, live)}\n",
            }
        );
        foreach (var member in report.Members)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {member.Name}: {member.Role}, {member.Version}, {member.Detail}\n");
        }
    }

    private static string Accepted(AcceptedSpec? accepted) =>
        accepted is null ? "nothing accepted" : $"accepted {PlanText.ShortCommit(accepted.Commit)}";

    private static string Words(EtcdIntent intent, EtcdLive live)
    {
        var name = new EtcdNames(live.Cluster).Member(intent.Index);
        return intent switch
        {
            EtcdIntent.Bootstrap => $"{name} founds the cluster",
            EtcdIntent.Add => $"{name} joins",
            EtcdIntent.Remove => $"{name} leaves",
            EtcdIntent.Update => $"{name} is restarted",
            _ => intent.ToString(),
        };
    }

    private static void Next(StringBuilder text, EtcdLive live, Decision<EtcdStep> decision, string rule)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {DecisionText.Of(decision, step => step.Describe(live).Sentence)}\n");
        if (decision is not Decision<EtcdStep>.Converged)
        {
            text.Append(CultureInfo.InvariantCulture, $"  decided by rule {rule}\n");
        }

        if (Remediation(decision) is { } remediation)
        {
            text.Append(CultureInfo.InvariantCulture, $"  what would unblock it: {remediation}\n");
        }
    }

    private static string? Remediation(Decision<EtcdStep> decision) =>
        decision switch
        {
            Decision<EtcdStep>.Progress => "It resumes automatically",
            _ => decision.Blocker?.Remediation,
        };
}
