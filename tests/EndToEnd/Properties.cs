[assembly: AssemblyFixture(typeof(OperatorRights))]
