using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Coverslip.Learning.Recipes;

/// <summary>
/// What a recipe's YAML may ask for, held against its events before anything is built of them: nested brackets take the
/// stack, nested aliases the memory.
/// </summary>
internal static class YamlLimits
{
    private const int Characters = 1 << 20;
    private const int Depth = 32;
    private const int Value = 10_000;
    private const int Nodes = 20_000;

    /// <summary>A node under way: its values with all that their aliases stand for, and the levels below it.</summary>
    private sealed record Part(AnchorName Anchor)
    {
        internal long Values { get; set; } = 1;
        internal int Levels { get; set; } = 1;
    }

    /// <exception cref="RecipeException">The text is beyond a limit, or holds a second document.</exception>
    /// <exception cref="YamlException">It is no YAML.</exception>
    internal static void Check(string text, string file)
    {
        if (text.Length > Characters)
            throw new RecipeException(
                $"{file}: it has {text.Length} characters, a recipe at most {Characters}; is it a recipe?"
            );
        var parser = new Parser(new StringReader(text));
        var (documents, open, named) = (0, new Stack<Part>(), new Dictionary<AnchorName, Part>());
        while (parser.MoveNext())
        {
            var current = parser.Current!;
            switch (current)
            {
                case DocumentStart when ++documents > 1:
                    throw Refused("a second document begins; a recipe is one, so take the '---' out or split the file");
                case Scalar scalar:
                    if (scalar.Value.Length > Value)
                        throw Refused($"a value has {scalar.Value.Length} characters; at most {Value} are read");
                    Close(new Part(scalar.Anchor));
                    break;
                case AnchorAlias alias:
                    Close(
                        named.GetValueOrDefault(alias.Value)
                            ?? throw Refused($"alias '*{ValueText.Short(alias.Value.Value)}' names nothing above it")
                    );
                    break;
                case SequenceStart or MappingStart:
                    open.Push(new Part(((NodeEvent)current).Anchor));
                    if (open.Count > Depth)
                        throw Refused($"lists and mappings lie {open.Count} deep; at most {Depth} levels are read");
                    break;
                case SequenceEnd or MappingEnd:
                    Close(open.Pop());
                    break;
            }

            RecipeException Refused(string reason) => new($"{file}, line {current.Start.Line}: {reason}");

            void Close(Part part)
            {
                if (!part.Anchor.IsEmpty)
                    named[part.Anchor] = part;
                if (!open.TryPeek(out var around))
                    return;
                around.Values += part.Values;
                around.Levels = Math.Max(around.Levels, part.Levels + 1);
                if (around.Values > Nodes)
                    throw Refused($"with all that its aliases stand for it has more than {Nodes} values");
                if (open.Count + part.Levels > Depth + 1)
                    throw Refused($"an alias lies {open.Count + part.Levels} levels deep; at most {Depth} are read");
            }
        }
    }
}
