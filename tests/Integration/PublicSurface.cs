using System.Reflection;
using System.Runtime.CompilerServices;

namespace Limen.Integration;

/// <summary>The public surface of an assembly, by reflection.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>A line for each public type and member, sorted. What the compiler adds to records goes without saying.</summary>
    public static string[] Lines(Assembly assembly) =>
        [
            .. assembly
                .GetExportedTypes()
                .Where(type => !type.Name.StartsWith('<')) // anonymous records
                .SelectMany(type => Members(type).Select(member => $"{Name(type)}: {Show(member)}").Prepend($"{Name(type)}: {Kind(type)}"))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Every type that a public signature of the assembly names, with the member that names it.</summary>
    public static IEnumerable<(Type Type, string Member)> Types(Assembly assembly) =>
        from type in assembly.GetExportedTypes()
        from named in Members(type).SelectMany(member => Signature(member).Select(t => (Type: t, Member: $"{Name(type)}: {Show(member)}"))).Concat(
            type.GetInterfaces().Append(type.BaseType ?? typeof(object)).Select(t => (Type: t, Member: Name(type)))
        )
        from part in Parts(named.Type)
        select (part, named.Member);

    private static IEnumerable<MemberInfo> Members(Type type) =>
        type.GetMembers(Declared)
            .Where(member =>
                member switch
                {
                    MethodBase { IsConstructor: false, IsSpecialName: true } => false,
                    FieldInfo { IsSpecialName: true } => false,
                    Type => false,
                    PropertyInfo => true,
                    _ => !member.IsDefined(typeof(CompilerGeneratedAttribute)),
                }
            );

    private static IEnumerable<Type> Signature(MemberInfo member) =>
        member switch
        {
            MethodInfo method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType),
            ConstructorInfo constructor => constructor.GetParameters().Select(p => p.ParameterType),
            PropertyInfo property => [property.PropertyType],
            FieldInfo field => [field.FieldType],
            EventInfo handler => [handler.EventHandlerType!],
            _ => [],
        };

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!) : type.GetGenericArguments().SelectMany(Parts).Append(type);

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsValueType ? "struct"
        : type.IsInterface ? "interface"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : $"{(type.IsSealed ? "sealed " : "")}class{(type.BaseType == typeof(object) ? "" : $" : {Name(type.BaseType!)}")}";

    private static string Show(MemberInfo member) =>
        member switch
        {
            MethodInfo method => $"{Static(method)}{Name(method.ReturnType)} {method.Name}({Show(method.GetParameters())})",
            ConstructorInfo constructor => $"new({Show(constructor.GetParameters())})",
            PropertyInfo property => $"{Static(property.GetMethod!)}{Name(property.PropertyType)} {property.Name} {{ get;{(property.SetMethod is { IsPublic: true } ? " init;" : "")} }}",
            FieldInfo field => field.IsLiteral ? $"{field.Name} = {field.GetRawConstantValue()}" : $"{Name(field.FieldType)} {field.Name}",
            _ => $"{member.MemberType} {member.Name}",
        };

    private static string Static(MethodBase method) => method.IsStatic ? "static " : "";

    private static string Show(ParameterInfo[] parameters) =>
        string.Join(", ", parameters.Select(p => $"{(p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {p.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type) =>
        Nullable.GetUnderlyingType(type) is { } value ? $"{Name(value)}?"
        : type.IsArray ? $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]"
        : type is { IsNested: true, IsGenericParameter: false } ? $"{Name(type.DeclaringType!)}.{Simple(type)}"
        : Simple(type);

    private static string Simple(Type type) =>
        type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
