[assembly: AssemblyFixture(typeof(OperatorRights))]
[assembly: Trait("starts", "processes")]
