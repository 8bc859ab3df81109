using System.Text;

namespace Coverslip.App.Tests.Architecture;

/// <summary>The folders of the source as the built assemblies show them: who names whom.</summary>
internal sealed class Folders
{
    internal static readonly string[] Projects =
    [
        "Coverslip.Files",
        "Coverslip.Torch",
        "Coverslip.Slides",
        "Coverslip.Evaluation",
        "Coverslip.Phantoms",
        "Coverslip.Learning",
        "Coverslip.Methods",
        "Coverslip.Viewer",
        "coverslip",
    ];

    internal static readonly string[] Samples = ["TrainAndPredict"];

    internal static string FileOf(string assembly) => Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll");

    /// <summary>A folder directly under a project; <c>Name</c> is empty for the project's own files.</summary>
    internal sealed record Folder(string Project, string Name) : IComparable<Folder>
    {
        public int CompareTo(Folder? other) => string.CompareOrdinal(ToString(), other?.ToString());

        public override string ToString() => Name.Length == 0 ? Project : $"{Project}/{Name}";

        internal static Folder Of(string type)
        {
            var words = type.Split('.')[..^1];
            return new Folder(words.ElementAtOrDefault(1) ?? "", words.ElementAtOrDefault(2) ?? "");
        }
    }

    private Folders(IReadOnlyList<(Folder From, Folder To)> arrows) => Arrows = arrows;

    /// <summary>Each once, no folder to itself, in the order of the alphabet.</summary>
    internal IReadOnlyList<(Folder From, Folder To)> Arrows { get; }

    /// <summary>Files of the program's assemblies.</summary>
    internal static IEnumerable<string> Assemblies() => Projects.Select(FileOf);

    internal static Folders OfProgram() =>
        new([
            .. Assemblies()
                .SelectMany(AssemblyReferences.Of)
                .Select(pair => (From: Folder.Of(pair.From), To: Folder.Of(pair.To)))
                .Where(pair => pair.From != pair.To && pair.To.Project.Length > 0)
                .Distinct()
                .OrderBy(pair => pair.From.ToString(), StringComparer.Ordinal)
                .ThenBy(pair => pair.To.ToString(), StringComparer.Ordinal),
        ]);

    /// <summary>Folders of one project that reach themselves through others, each circle's members once.</summary>
    internal IEnumerable<string> Circles()
    {
        var inside = Arrows.Where(a => a.From.Project == a.To.Project).ToLookup(a => a.From, a => a.To);
        var reach = inside.ToDictionary(from => from.Key, from => Reached(inside, from.Key));
        return reach
            .Where(r => r.Value.Contains(r.Key))
            .Select(r =>
                string.Join(" ↔ ", r.Value.Where(f => reach.GetValueOrDefault(f)?.Contains(r.Key) ?? false).Order())
            )
            .Distinct();
    }

    /// <summary>A row for each folder: what it names, by project.</summary>
    internal string Table()
    {
        var text = new StringBuilder("| Folder | names |\n|---|---|\n");
        foreach (var from in Arrows.GroupBy(a => a.From))
            text.Append($"| `{from.Key}` | {string.Join("; ", from.GroupBy(a => a.To.Project).Select(Named))} |\n");
        return text.ToString();
    }

    private static string Named(IGrouping<string, (Folder From, Folder To)> targets)
    {
        var names = targets.Select(t => t.To.Name).Where(n => n.Length > 0).ToArray();
        return names.Length == 0 ? targets.Key : $"{targets.Key}: {string.Join(", ", names)}";
    }

    private static HashSet<Folder> Reached(ILookup<Folder, Folder> arrows, Folder start)
    {
        var (seen, open) = (new HashSet<Folder>(), new Stack<Folder>(arrows[start]));
        while (open.TryPop(out var next))
            if (seen.Add(next))
                foreach (var further in arrows[next])
                    open.Push(further);
        return seen;
    }
}
