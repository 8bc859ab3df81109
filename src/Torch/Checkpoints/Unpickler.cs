using System.Buffers.Binary;
using System.Text;

namespace Coverslip.Torch.Checkpoints;

/// <summary>
/// The part of Python's pickle that checkpoints use: numbers, text, tuples, lists, dictionaries, and tensors as records
/// of
/// where their elements lie. No other class is made and nothing of the file is run: whatever else it calls for becomes
/// an
/// <see cref="Opaque"/>. libtorch's own unpickler will not do, it turns the OrderedDict of a state_dict into nothing.
/// Opcodes as in Python's pickletools.
/// </summary>
internal sealed class Unpickler(byte[] data)
{
    private static readonly Opaque Nothing = new();
    private readonly Dictionary<long, object?> memo = [];
    private readonly Stack<List<object?>> marked = new();
    private List<object?> stack = [];
    private int at;

    /// <summary>Where the next pickle would begin.</summary>
    internal int Position => at;

    /// <summary>The storages that were named so far, by key.</summary>
    internal Dictionary<string, Storage> Storages { get; } = new(StringComparer.Ordinal);

    /// <summary>An object that a checkpoint may hold and that is of no use here.</summary>
    internal sealed record Opaque;

    /// <summary>A name in a Python module.</summary>
    internal sealed record Global(string Module, string Name);

    /// <summary>Elements that lie elsewhere in the file.</summary>
    internal sealed record Storage(string TypeName, string Key, long Count);

    /// <summary>A strided view into a storage.</summary>
    internal sealed record View(Storage Storage, long Offset, long[] Shape, long[] Strides);

    /// <summary>The object that the next pickle describes. A dictionary keeps its text keys.</summary>
    internal object? Read()
    {
        memo.Clear();
        marked.Clear();
        stack = [];
        while (true)
        {
            var code = Byte();
            if (code == '.')
                return Pop();
            Step(code);
        }
    }

    private void Step(byte code)
    {
        switch (code)
        {
            case 0x80:
                at += 1;
                break; // PROTO
            case 0x95:
                at += 8;
                break; // FRAME
            case (byte)'(':
                marked.Push(stack);
                stack = [];
                break; // MARK
            case (byte)'0':
                Pop();
                break; // POP
            case (byte)'1':
                SinceMark();
                break; // POP_MARK
            case (byte)'2':
                stack.Add(stack[^1]);
                break; // DUP
            case (byte)'N':
                stack.Add(null);
                break; // NONE
            case 0x88:
                stack.Add(true);
                break; // NEWTRUE
            case 0x89:
                stack.Add(false);
                break; // NEWFALSE
            case (byte)'K':
                stack.Add((long)Byte());
                break; // BININT1
            case (byte)'M':
                stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break; // BININT2
            case (byte)'J':
                stack.Add((long)Int32());
                break; // BININT
            case 0x8a:
                stack.Add(Long(Byte()));
                break; // LONG1
            case (byte)'G':
                stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break; // BINFLOAT
            case (byte)'X':
                stack.Add(Text(Int32()));
                break; // BINUNICODE
            case 0x8c:
                stack.Add(Text(Byte()));
                break; // SHORT_BINUNICODE
            case (byte)'T':
                stack.Add(Text(Int32()));
                break; // BINSTRING: the text of Python 2
            case (byte)'U':
                stack.Add(Text(Byte()));
                break; // SHORT_BINSTRING
            case (byte)'B':
                Take(Int32());
                stack.Add(Nothing);
                break; // BINBYTES
            case (byte)'C':
                Take(Byte());
                stack.Add(Nothing);
                break; // SHORT_BINBYTES
            case (byte)'q':
                memo[Byte()] = stack[^1];
                break; // BINPUT
            case (byte)'r':
                memo[Int32()] = stack[^1];
                break; // LONG_BINPUT
            case 0x94:
                memo[memo.Count] = stack[^1];
                break; // MEMOIZE
            case (byte)'h':
                stack.Add(memo[Byte()]);
                break; // BINGET
            case (byte)'j':
                stack.Add(memo[Int32()]);
                break; // LONG_BINGET
            case (byte)')' or (byte)']':
                stack.Add(code == ')' ? Array.Empty<object?>() : new List<object?>());
                break;
            case (byte)'t':
                var tuple = SinceMark();
                stack.Add(tuple.ToArray());
                break; // TUPLE
            case 0x85 or 0x86 or 0x87:
                Tuple(code - 0x84);
                break; // TUPLE1 … TUPLE3
            case (byte)'a':
                var one = Pop();
                (stack[^1] as List<object?>)?.Add(one);
                break; // APPEND
            case (byte)'e':
                var more = SinceMark();
                (stack[^1] as List<object?>)?.AddRange(more);
                break; // APPENDS
            case (byte)'}':
                stack.Add(new Dictionary<string, object?>(StringComparer.Ordinal));
                break; // EMPTY_DICT
            case (byte)'s':
                var value = Pop();
                SetItems([Pop(), value]);
                break; // SETITEM
            case (byte)'u':
                SetItems(SinceMark());
                break; // SETITEMS
            case 0x8f:
                stack.Add(Nothing);
                break; // EMPTY_SET
            case 0x90:
                SinceMark();
                break; // ADDITEMS
            case (byte)'c':
                stack.Add(new Global(Line(), Line()));
                break; // GLOBAL
            case 0x93:
                var name = Pop();
                stack.Add(new Global((string)Pop()!, (string)name!));
                break; // STACK_GLOBAL
            case (byte)'Q':
                stack.Add(Persistent(Pop()));
                break; // BINPERSID
            case (byte)'R' or 0x81:
                var given = Pop();
                stack.Add(Call(Pop(), given));
                break; // REDUCE, NEWOBJ
            case (byte)'b':
                Pop();
                break; // BUILD: attributes, of no use here
            default:
                throw new InvalidDataException($"opcode 0x{code:x2} at byte {at - 1} is none of a checkpoint");
        }
    }

    private object Persistent(object? id)
    {
        if (id is not object?[] parts)
            return Nothing;
        if (parts is not ["storage", Global { Module: "torch" } type, string key, _, long count, ..])
            return Nothing;
        // PyTorch 0.1 let a storage be a piece of another; the sixth entry says which.
        if (parts is [_, _, _, _, _, not null, ..])
            throw new InvalidDataException($"storage {key} is a view of another, as only PyTorch 0.1 wrote them");
        return Storages[key] = new Storage(type.Name, key, count);
    }

    private static object? Call(object? callee, object? arguments) =>
        (callee, arguments) switch
        {
            // Python 2 hands the pairs over at once, Python 3 adds them afterwards.
            (Global("collections", "OrderedDict"), object?[] and [List<object?> pairs]) => Pairs(pairs),
            (Global("collections", "OrderedDict"), _) => new Dictionary<string, object?>(StringComparer.Ordinal),
            (
                Global
                ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2"),
                object?[]
                    and [Storage storage, long offset, object?[] shape, object?[] strides, ..]
            ) => new View(storage, offset, [.. shape.Cast<long>()], [.. strides.Cast<long>()]),
            (Global("torch._utils", "_rebuild_parameter"), object?[] and [View view, ..]) => view,
            _ => Nothing,
        };

    private static Dictionary<string, object?> Pairs(List<object?> pairs)
    {
        var made = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            if (pair is List<object?> and [string listed, var first])
                made[listed] = first;
            else if (pair is object?[] and [string key, var value])
                made[key] = value;
        }
        return made;
    }

    private void SetItems(List<object?> items)
    {
        if (stack[^1] is not Dictionary<string, object?> to)
            return;
        for (var i = 0; i + 1 < items.Count; i += 2)
            if (items[i] is string key)
                to[key] = items[i + 1];
    }

    private void Tuple(int length)
    {
        var items = stack.GetRange(stack.Count - length, length).ToArray();
        stack.RemoveRange(stack.Count - length, length);
        stack.Add(items);
    }

    private List<object?> SinceMark()
    {
        var items = stack;
        stack = marked.Pop();
        return items;
    }

    private object? Pop()
    {
        var top = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    private byte Byte() => Take(1)[0];

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private object Long(int length)
    {
        var bytes = Take(length);
        return length > 8 ? Nothing : (long)new System.Numerics.BigInteger(bytes);
    }

    private string Text(int length) => Encoding.UTF8.GetString(Take(length));

    private string Line()
    {
        var length = data.AsSpan(at).IndexOf((byte)'\n');
        var line = Text(length);
        at++;
        return line;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > data.Length - at)
            throw new InvalidDataException($"it is cut off at byte {at}");
        at += length;
        return data.AsSpan(at - length, length);
    }
}
