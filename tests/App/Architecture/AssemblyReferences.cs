using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Coverslip.App.Tests.Architecture;

/// <summary>
/// Which types of a built assembly name which others, nested ones counting as those they stand in, in signatures and in what methods do. Constants leave no trace
/// there, and so are not seen.
/// </summary>
internal sealed class AssemblyReferences : IDisposable
{
    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes)
        .GetFields()
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private readonly PEReader file;
    private readonly MetadataReader reader;
    private readonly HashSet<(string From, string To)> pairs = [];

    private AssemblyReferences(string path)
    {
        file = new PEReader(File.OpenRead(path));
        reader = file.GetMetadataReader();
    }

    /// <summary>Pairs of types of ours with their namespaces, the naming one first.</summary>
    internal static IReadOnlySet<(string From, string To)> Of(string path)
    {
        using var assembly = new AssemblyReferences(path);
        foreach (var handle in assembly.reader.TypeDefinitions)
            assembly.Add(handle);
        return assembly.pairs;
    }

    /// <summary>Whether an assembly uses a type of another one.</summary>
    internal static bool NamesType(string path, string space, string name)
    {
        using var assembly = new AssemblyReferences(path);
        var reader = assembly.reader;
        return reader
            .TypeReferences.Select(reader.GetTypeReference)
            .Any(type => reader.GetString(type.Name) == name && reader.GetString(type.Namespace) == space);
    }

    public void Dispose() => file.Dispose();

    private void Add(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var from = NameOf(handle);
        if (!IsOurs(from))
            return;
        Name(from, type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations())
            Name(from, reader.GetInterfaceImplementation(implemented).Interface);
        foreach (var field in type.GetFields())
            reader.GetFieldDefinition(field).DecodeSignature(new TypeCollector(this, from), null);
        foreach (var each in type.GetMethods())
        {
            var method = reader.GetMethodDefinition(each);
            method.DecodeSignature(new TypeCollector(this, from), null);
            if (method.RelativeVirtualAddress != 0)
                Add(from, file.GetMethodBody(method.RelativeVirtualAddress));
        }
    }

    private void Add(string from, MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
            reader
                .GetStandaloneSignature(body.LocalSignature)
                .DecodeLocalSignature(new TypeCollector(this, from), null);
        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            short value = code.ReadByte();
            if (value == 0xFE)
                value = (short)(0xFE00 | code.ReadByte());
            switch (OpCodes[value].OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.ReadByte();
                    break;
                case OperandType.InlineVar:
                    code.ReadInt16();
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.ReadInt64();
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType.InlineField
                or OperandType.InlineMethod
                or OperandType.InlineTok
                or OperandType.InlineType:
                    Name(from, MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                default:
                    code.ReadInt32();
                    break;
            }
        }
    }

    private void Name(string from, EntityHandle named)
    {
        if (named.IsNil)
            return; // the base of an interface
        var types = new TypeCollector(this, from);
        switch (named.Kind)
        {
            case HandleKind.TypeDefinition:
                Record(from, NameOf((TypeDefinitionHandle)named));
                break;
            case HandleKind.TypeReference:
                Record(from, NameOf((TypeReferenceHandle)named));
                break;
            case HandleKind.TypeSpecification:
                reader.GetTypeSpecification((TypeSpecificationHandle)named).DecodeSignature(types, null);
                break;
            case HandleKind.MethodDefinition:
                Name(from, reader.GetMethodDefinition((MethodDefinitionHandle)named).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                Name(from, reader.GetFieldDefinition((FieldDefinitionHandle)named).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                var member = reader.GetMemberReference((MemberReferenceHandle)named);
                Name(from, member.Parent);
                if (member.GetKind() == MemberReferenceKind.Field)
                    member.DecodeFieldSignature(types, null);
                else
                    member.DecodeMethodSignature(types, null);
                break;
            case HandleKind.MethodSpecification:
                var generic = reader.GetMethodSpecification((MethodSpecificationHandle)named);
                Name(from, generic.Method);
                generic.DecodeSignature(types, null);
                break;
        }
    }

    internal void Record(string from, string to)
    {
        if (from != to && IsOurs(to))
            pairs.Add((from, to));
    }

    internal string NameOf(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer
            ? NameOf(outer)
            : $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }

    internal string NameOf(TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? NameOf((TypeReferenceHandle)type.ResolutionScope)
            : $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }

    private static bool IsOurs(string name) =>
        name == "Coverslip" || name.StartsWith("Coverslip.", StringComparison.Ordinal);
}
