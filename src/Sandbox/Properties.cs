using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("GitOpsOperator.Sandbox.Tests")]
[assembly: InternalsVisibleTo("GitOpsOperator.EndToEnd.Tests")]
[assembly: InternalsVisibleTo("GitOpsOperator.Bench")]
