namespace GitOpsOperator.Reconcile.Steps;

/// <summary>
/// One thing to do to a cluster, as data. In its domain a step is one file: what it holds, what it means to people, how it is carried out,
/// and what it does to the model.
/// </summary>
public interface IStep<in TLive>
{
    /// <param name="before">The state that the step is decided on.</param>
    StepDescription Describe(TLive before);
}

/// <summary>Names of steps.</summary>
public static class StepKind
{
    /// <summary>A step's own name, such as <c>PromoteLearner</c>: for metrics, Events and plans in JSON.</summary>
    public static string Of(object step) => step.GetType().Name;
}
