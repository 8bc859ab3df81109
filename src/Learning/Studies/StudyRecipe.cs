using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Studies;

/// <summary>Models × inputs on the same splits, each tested against one of the models; a YAML file.</summary>
public sealed record StudyRecipe
{
    /// <summary>What the tables are headed with.</summary>
    public required string Title { get; init; }

    /// <summary>The figure that is compared; accuracy by default.</summary>
    public required StudyFigure Figure { get; init; }

    /// <summary>Figures that are shown beside it, with their differences; none by default.</summary>
    public IReadOnlyList<StudyFigure> Further { get; init; } = [];

    /// <summary>
    /// The model that the others are tested against, on the same input where it has it; the first by default.
    /// </summary>
    public required string Against { get; init; }

    /// <summary>What <see cref="Against"/> says where only models that name one of their own are tested.</summary>
    public const string NoModel = "none";

    /// <summary>The model that a run is tested against; null for none, as for that model itself.</summary>
    public string? AgainstOf(StudyRun run) =>
        run.Against.Length > 0 ? run.Against
        : Against == NoModel || Against == run.Model ? null
        : Against;

    /// <summary>Who is tested against whom, in words.</summary>
    public string AgainstWords =>
        Runs.All(r => r.Against.Length == 0)
            ? $"against {Against}"
            : string.Join(
                "; ",
                Runs.Where(r => !r.IsBaseline && AgainstOf(r) is not null)
                    .DistinctBy(r => r.Model)
                    .Select(r => $"{r.Model} against {AgainstOf(r)}")
            );

    /// <summary>What the x axis of the study's curves is called; empty: it has none.</summary>
    public string Curve { get; init; } = "";

    /// <summary>The cohort that the chosen model alone is shown after the study, relative to the study's file; empty: none.</summary>
    public string External { get; init; } = "";

    /// <summary>The split that is drawn where none is given.</summary>
    public required SplitOptions Split { get; init; }

    /// <summary>Seed of the split.</summary>
    public required long Seed { get; init; }

    /// <summary>
    /// The column of the cohort whose every value is studied apart, on the same patients: group or a further column; empty:
    /// all images together.
    /// </summary>
    public string By { get; init; } = "";

    /// <summary>
    /// Numbers of patients that train and validate; for each the study is run on the same test patients. None: on all once.
    /// </summary>
    public IReadOnlyList<int> TrainPatients { get; init; } = [];

    /// <summary>What tables are headed by: the column of <see cref="By"/>, or training patients.</summary>
    public string DividedBy => TrainPatients.Count > 0 ? "training patients" : By;

    /// <summary>Most images that are taken of the cohort, drawn patient by patient; 0: all.</summary>
    public int Sample { get; init; }

    /// <summary>Most images of the other cohort that pre-training takes, drawn likewise; 0: all.</summary>
    public int PretrainImages { get; init; }

    /// <summary>What is trained on another cohort first.</summary>
    public IReadOnlyList<Pretraining> Pretrainings { get; init; } = [];

    /// <summary>In the order of the tables; all on the split of patients.</summary>
    public required IReadOnlyList<StudyRun> Runs { get; init; }

    /// <summary>Whether methods add trivial models; true by default.</summary>
    public bool Baselines { get; init; } = true;

    /// <summary>
    /// Whether every run is also trained on the split's image-wise counterpart, to stand beside it; false by default.
    /// </summary>
    public bool ImageWise { get; init; }

    /// <summary>What is trained: the runs at each rate, and where asked for their image-wise counterparts after them.</summary>
    public IReadOnlyList<StudyRun> AllRuns =>
        [
            .. Runs.SelectMany(run => run.Trained),
            .. ImageWise ? Runs.SelectMany(run => (run with { ImageWise = true }).Trained) : [],
        ];

    /// <summary>Reads a study; recipes that it names lie relative to its folder.</summary>
    /// <param name="path">The study's file.</param>
    /// <param name="methods">The methods whose recipes it may name.</param>
    /// <param name="settings">Laid over every model's recipe, such as <c>input.width=192</c>.</param>
    /// <param name="note">Told what is read as something else than it says.</param>
    /// <exception cref="RecipeException">An unknown key, a value outside its range, or a recipe that cannot be
    /// used.</exception>
    public static StudyRecipe Load(
        string path,
        MethodList methods,
        IReadOnlyList<string>? settings = null,
        Action<string>? note = null
    )
    {
        if (settings?.FirstOrDefault(s => s.StartsWith("split.", StringComparison.Ordinal)) is { } split)
            throw new RecipeException(
                $"--set {split}: all models of a study are trained on the study's one split; change 'split' in {path}, or give --split"
            );
        var node = RecipeNode.Parse(TextFile.Read(path), Path.GetFileName(path));
        var study = StudyReading.Read(
            node,
            new StudySource(path, methods, [.. (settings ?? []).Select(YamlText.OfSetting)]) { Note = note }
        );
        foreach (var told in node.Notes)
            note?.Invoke(told);
        return study;
    }

    /// <summary>Every key of a study; <c>*</c> stands for a name of the user's.</summary>
    internal static IReadOnlyList<RecipeKey> Declared(MethodList methods)
    {
        const string least = """{study: title, models: {"*": {recipe: file}}, pretraining: {"*": {recipe: file}}}""";
        var node = RecipeNode.Parse(least, "study");
        StudyReading.Read(node, new StudySource("study", methods, []) { Recipe = methods.Example(methods.All[0]) });
        return [.. node.Declared.Select(k => k with { Required = k.Value is not null, Value = null })];
    }

    /// <summary>Every key that applies to a study, with what its file says.</summary>
    internal static IReadOnlyList<RecipeKey> Explain(string path, MethodList methods, Action<string>? note = null)
    {
        var node = RecipeNode.Parse(TextFile.Read(path), Path.GetFileName(path));
        StudyReading.Read(node, new StudySource(path, methods, []) { Note = note });
        foreach (var told in node.Notes)
            note?.Invoke(told);
        return node.Declared;
    }
}
