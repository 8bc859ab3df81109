using Coverslip.Evaluation.Metrics;
using Coverslip.Methods.Training;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Methods.Studies;

/// <summary>One model on one form of input, trained on every part of the study's split.</summary>
/// <param name="Model">The model's name in the tables.</param>
/// <param name="Input">raw, masked, mask-channel, or recipe: as the model's recipe says.</param>
/// <param name="Text">The recipe, all of the study's changes in it.</param>
public sealed record StudyRun(string Model, string Input, string Text)
{
    /// <summary>Whether it trains on the split that divides images and not patients.</summary>
    public bool ImageWise { get; init; }

    /// <summary>
    /// The run's folder and recipe file within the study: letters, digits and hyphens of model and input.
    /// </summary>
    public string Name => Slug($"{Model}-{Input}{(ImageWise ? "-image-wise" : "")}");

    /// <summary>The recipe.</summary>
    public IRecipe Recipe { get; } = Recipes.Parse(Text, $"{Model}, {Input}");

    /// <summary>The recipe's text with the thresholds of its masks taken from a file.</summary>
    public string WithMaskRules(string file) =>
        YamlText.Over(RecipeNode.Mapping(Text, Name), YamlText.Of(file, "input", "mask_rules"));

    private static string Slug(string name) =>
        string.Join(
            '-',
            string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' '))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );
}

/// <summary>Models × inputs on the same splits, each tested against one of the models; a YAML file.</summary>
public sealed record StudyRecipe
{
    /// <summary>What the tables are headed with.</summary>
    public required string Title { get; init; }

    /// <summary>The figure that is compared; accuracy by default.</summary>
    public required Metric Metric { get; init; }

    /// <summary>
    /// The model that the others are tested against, on the same input where it has it; the first by default.
    /// </summary>
    public required string Against { get; init; }

    /// <summary>The split that is drawn where none is given.</summary>
    public required SplitOptions Split { get; init; }

    /// <summary>Seed of the split.</summary>
    public required long Seed { get; init; }

    /// <summary>In the order of the tables; all on the split of patients.</summary>
    public required IReadOnlyList<StudyRun> Runs { get; init; }

    /// <summary>
    /// Whether every run is also trained on the split's image-wise counterpart, to stand beside it; false by default.
    /// </summary>
    public bool ImageWise { get; init; }

    /// <summary>The runs, and where asked for their image-wise counterparts after them.</summary>
    public IReadOnlyList<StudyRun> AllRuns =>
        ImageWise ? [.. Runs, .. Runs.Select(run => run with { ImageWise = true })] : Runs;

    /// <summary>Reads a study; recipes that it names lie relative to its folder.</summary>
    /// <exception cref="RecipeException">An unknown key, a value outside its range, or a recipe that cannot be
    /// used.</exception>
    public static StudyRecipe Load(string path)
    {
        var name = Path.GetFileName(path);
        var node = RecipeNode.Parse(File.ReadAllText(path), name);
        if (node.Text("study", "") is not { Length: > 0 } title)
            throw new RecipeException(
                $"{name}: the key 'study', the title of the tables, is missing; a recipe of one method is for 'coverslip train'"
            );
        var models = node.Section("models");
        if (models.Keys.Count == 0)
            throw new RecipeException($"{name}: 'models' names no model");
        var inputs = node.Names("inputs", ["recipe"], ["recipe", "raw", "masked", "mask-channel"]);
        var common = node.Raw("common");
        var runs = models
            .Keys.SelectMany(model => RunsOf(model, models.Section(model), inputs, common, path))
            .ToArray();
        var study = new StudyRecipe
        {
            Title = title,
            Metric = node.Word("metric", Metric.Accuracy),
            Against = node.Text("against", models.Keys[0]),
            Split = SplitOptions.Read(node.Section("split")),
            Seed = node.Int("seed", 1, 0, int.MaxValue),
            Runs = runs,
            ImageWise = node.Flag("image_wise", false),
        };
        node.Finish();
        if (!models.Keys.Contains(study.Against))
            throw new RecipeException(
                $"{name}: against is '{study.Against}'; the nearest model is '{Words.Nearest(study.Against, models.Keys)}'"
            );
        if (
            (study with { ImageWise = true }).AllRuns.CountBy(r => r.Name).FirstOrDefault(c => c.Value > 1) is
            { Value: > 1 } twice
        )
            throw new RecipeException(
                $"{name}: two models would share the folder '{twice.Key}'; give them names that differ in letters or digits"
            );
        return study;
    }

    private static IEnumerable<StudyRun> RunsOf(
        string model,
        RecipeNode node,
        IReadOnlyList<string> inputs,
        YamlMappingNode? common,
        string path
    )
    {
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, node.Text("recipe", ""));
        if (!File.Exists(file))
            throw new RecipeException(
                $"{Path.GetFileName(path)}: models.{model}.recipe is '{node.Text("recipe", "")}'; there is no file {file}"
            );
        var recipe = RecipeNode.Mapping(File.ReadAllText(file), Path.GetFileName(file));
        var own = node.Raw("with");
        foreach (var input in node.Names("inputs", inputs, ["recipe", "raw", "masked", "mask-channel"]))
            yield return new StudyRun(
                model,
                input,
                YamlText.Over(recipe, common, own, input == "recipe" ? null : YamlText.Of(input, "input", "form"))
            );
    }
}
