using Coverslip.Tests;

namespace Coverslip.App.Tests.Architecture;

/// <summary>Arrows between projects and folders run one way, and docs/architecture.md shows those that there are.</summary>
public sealed class ArchitectureTests(ITestOutputHelper output)
{
    private const string Refresh = "COVERSLIP_WRITE_DOCS";

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Files"] = [],
        ["Torch"] = ["Files"],
        ["Slides"] = ["Files"],
        ["Evaluation"] = ["Files"],
        ["Phantoms"] = ["Slides", "Files"],
        ["Learning"] = ["Torch", "Slides", "Evaluation", "Files"],
        ["Methods"] = ["Learning", "Torch", "Slides", "Evaluation", "Files"],
        ["Viewer"] = ["Learning", "Torch", "Slides", "Evaluation", "Files"],
        ["App"] = ["Viewer", "Methods", "Learning", "Phantoms", "Torch", "Slides", "Evaluation", "Files"],
    };

    private static readonly Folders Program = Folders.OfProgram();

    [Fact]
    public void Arrows_between_projects_run_one_way() =>
        Assert.Empty(
            Program
                .Arrows.Where(a => a.From.Project != a.To.Project && !Allowed[a.From.Project].Contains(a.To.Project))
                .Select(a => $"{a.From} names {a.To}")
        );

    [Fact]
    public void No_folders_of_a_project_name_each_other_in_a_circle() => Assert.Empty(Program.Circles());

    [Fact]
    public void A_method_is_named_in_the_list_of_methods_alone() =>
        Assert.Empty(
            Program
                .Arrows.Where(a =>
                    a.To is { Project: "Methods", Name.Length: > 0 } && a.From != new Folders.Folder("Methods", "")
                )
                .Select(a => $"{a.From} names {a.To}")
        );

    /// <summary>What is drawn at random can be drawn again: System.Random does not promise its numbers from version to version.</summary>
    [Fact]
    public void Random_numbers_come_from_the_seeded_generator_alone() =>
        Assert.Empty(
            Folders
                .Assemblies()
                .Where(path => AssemblyReferences.NamesType(path, "System", "Random"))
                .Select(Path.GetFileName)
        );

    [Fact]
    public void The_table_of_arrows_stands_in_the_documentation()
    {
        var table = Program.Table();
        output.WriteLine(table);
        var file = Path.Combine(TestData.Root, "docs", "architecture.md");
        const string begin = "<!-- arrows: begin -->\n",
            end = "<!-- arrows: end -->";
        var text = File.ReadAllText(file);
        var (from, to) = (
            text.IndexOf(begin, StringComparison.Ordinal) + begin.Length,
            text.IndexOf(end, StringComparison.Ordinal)
        );
        if (Environment.GetEnvironmentVariable(Refresh) is { Length: > 0 })
            File.WriteAllText(file, $"{text[..from]}{table}{text[to..]}");
        else
            Assert.True(
                text[from..to] == table,
                $"docs/architecture.md shows other arrows than there are; '{Refresh}=1 ./coverslip test The_table_of_arrows' writes them"
            );
    }
}
