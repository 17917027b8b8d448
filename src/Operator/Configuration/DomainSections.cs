using GitOpsOperator.Reconcile.Modules;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.TypeInspectors;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>Lets the root of the configuration have a key for each domain's section, which is read into the domain's own options.</summary>
internal sealed class DomainSections(ITypeInspector inner, ModuleFactory modules) : TypeInspectorSkeleton
{
    public override string GetEnumName(Type enumType, string name) => inner.GetEnumName(enumType, name);

    public override string GetEnumValue(object enumValue) => inner.GetEnumValue(enumValue);

    public override bool HasParseMethod(Type type) => inner.HasParseMethod(type);

    public override object? Parse(string value, Type type) => inner.Parse(value, type);

    public override IEnumerable<IPropertyDescriptor> GetProperties(Type type, object? container)
    {
        var own = inner.GetProperties(type, container);
        return type == typeof(OperatorConfiguration)
            ? own.Concat(modules().Select(module => module.Options).OfType<DomainOptions>().Select(options => new Section(options)))
            : own;
    }

    /// <param name="defaults">Of a module that nobody uses: what is read goes into the configuration's own.</param>
    private sealed class Section(DomainOptions defaults) : IPropertyDescriptor
    {
        public string Name => defaults.Section;

        public Type Type => defaults.Values.GetType();

        public bool AllowNulls => false;

        public bool CanWrite => true;

        public Type? TypeOverride { get; set; }

        public int Order { get; set; }

        public YamlDotNet.Core.ScalarStyle ScalarStyle { get; set; }

        public bool Required => false;

        public Type? ConverterType => null;

        public T? GetCustomAttribute<T>()
            where T : Attribute => null;

        public IObjectDescriptor Read(object target) => new ObjectDescriptor(OptionsIn(target), Type, Type);

        /// <summary>
        /// The options' object stays the same, so that the domain which made it sees what was read. An empty section says nothing.
        /// </summary>
        public void Write(object target, object? value)
        {
            var options = OptionsIn(target);
            foreach (var property in Type.GetProperties().Where(property => property.CanWrite))
            {
                property.SetValue(options, property.GetValue(value ?? defaults.Values));
            }
        }

        private object OptionsIn(object target) =>
            ((OperatorConfiguration)target)
                .Modules.Select(module => module.Options)
                .OfType<DomainOptions>()
                .Single(options => options.Section == Name)
                .Values;
    }
}
