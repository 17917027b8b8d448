using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("GitOpsOperator.Operator.Tests")]
[assembly: InternalsVisibleTo("GitOpsOperator.EndToEnd.Tests")]
[assembly: InternalsVisibleTo("GitOpsOperator.Forge.Tests")]
[assembly: InternalsVisibleTo("GitOpsOperator.Bench")]
