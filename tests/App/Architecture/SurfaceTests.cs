using System.Reflection;
using System.Runtime.CompilerServices;

namespace Coverslip.App.Tests.Architecture;

/// <summary>A project shows what another uses, and what stands in the signatures of that; nothing else.</summary>
public sealed class SurfaceTests
{
    /// <summary>Public although no other project or sample names them.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["Coverslip.Phantoms.PatchPhantom"] = "a patch with its truth, for tests and measurements",
        ["Coverslip.Phantoms.PhantomPatch"] = "what PatchPhantom paints",
        ["Coverslip.Phantoms.TissueKind"] = "the truth of PhantomPatch",
    };

    private static readonly (string Name, Assembly File)[] Projects =
    [
        .. Folders.Projects.Select(name => (name, Assembly.LoadFrom(Folders.FileOf(name)))),
    ];

    [Fact]
    public void No_project_sees_into_another() =>
        Assert.Empty(
            Projects.SelectMany(p =>
                p.File.GetCustomAttributes<InternalsVisibleToAttribute>()
                    .Where(seen => Projects.Any(other => other.Name == seen.AssemblyName))
                    .Select(seen => $"{p.Name} shows {seen.AssemblyName} what is internal")
            )
        );

    [Fact]
    public void What_no_other_project_names_is_internal()
    {
        var types = Projects.SelectMany(p => p.File.GetExportedTypes()).ToDictionary(t => t.FullName!);
        var seen = new HashSet<Type>();
        var open = new Stack<Type>();
        foreach (var file in (string[])[.. Folders.Projects, .. Folders.Samples])
        foreach (var (_, to) in AssemblyReferences.Of(Folders.FileOf(file)))
            if (types.TryGetValue(to, out var named) && named.Assembly.GetName().Name != file)
                open.Push(named);
        while (open.TryPop(out var type))
            if (seen.Add(type))
                foreach (var shown in Shown(type).SelectMany(Parts).Where(t => types.ContainsValue(t)))
                    open.Push(shown);
        Assert.Equal(
            Allowed.Keys.Order(StringComparer.Ordinal),
            types
                .Values.Where(t => !t.IsNested && !seen.Contains(t) && !t.IsAssignableTo(typeof(Exception)))
                .Select(t => t.FullName!)
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Types in what a type shows: its base and interfaces, and its public and protected members.</summary>
    private static IEnumerable<Type> Shown(Type type)
    {
        const BindingFlags all =
            BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.Instance
            | BindingFlags.Static
            | BindingFlags.DeclaredOnly;
        var methods = type.GetMethods(all)
            .Cast<MethodBase>()
            .Concat(type.GetConstructors(all))
            .Where(m => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly);
        return
        [
            .. type.BaseType is { } parent ? [parent] : Type.EmptyTypes,
            .. type.GetInterfaces(),
            .. type.GetNestedTypes().SelectMany(Shown),
            .. type.GetFields(all).Where(f => f.IsPublic || f.IsFamily).Select(f => f.FieldType),
            .. methods.SelectMany(m => m.GetParameters()).Select(p => p.ParameterType),
            .. methods.OfType<MethodInfo>().Select(m => m.ReturnType),
        ];
    }

    /// <summary>The type without array, pointer and arguments, and those.</summary>
    private static IEnumerable<Type> Parts(Type type) =>
        type.IsGenericParameter ? []
        : type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
        : type.IsNested ? [type, .. Parts(type.DeclaringType!)]
        : [type];
}
