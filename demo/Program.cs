using GitOpsOperator.Demo;

return await DemoCommands.Create().Parse(args).InvokeAsync();
