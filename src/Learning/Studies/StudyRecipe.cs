using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using YamlDotNet.RepresentationModel;

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
                Runs.Where(r => AgainstOf(r) is not null)
                    .DistinctBy(r => r.Model)
                    .Select(r => $"{r.Model} against {AgainstOf(r)}")
            );

    /// <summary>What the x axis of the study's curves is called; empty: it has none.</summary>
    public string Curve { get; init; } = "";

    /// <summary>The split that is drawn where none is given.</summary>
    public required SplitOptions Split { get; init; }

    /// <summary>Seed of the split.</summary>
    public required long Seed { get; init; }

    /// <summary>
    /// The column of the cohort whose every value is studied apart, on the same patients: group or a further column; empty:
    /// all images together.
    /// </summary>
    public string By { get; init; } = "";

    /// <summary>Most images that are taken of the cohort, drawn patient by patient; 0: all.</summary>
    public int Sample { get; init; }

    /// <summary>Most images of the other cohort that pre-training takes, drawn likewise; 0: all.</summary>
    public int PretrainImages { get; init; }

    /// <summary>What is trained on another cohort first.</summary>
    public IReadOnlyList<Pretraining> Pretrainings { get; init; } = [];

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
        var node = RecipeNode.Parse(File.ReadAllText(path), Path.GetFileName(path));
        var study = Read(
            node,
            new Source(path, methods, [.. (settings ?? []).Select(YamlText.OfSetting)]) { Note = note }
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
        Read(node, new Source("study", methods, []) { Recipe = methods.Example(methods.All[0]) });
        return [.. node.Declared.Select(k => k with { Required = k.Value is not null, Value = null })];
    }

    /// <summary>Every key that applies to a study, with what its file says.</summary>
    internal static IReadOnlyList<RecipeKey> Explain(string path, MethodList methods)
    {
        var node = RecipeNode.Parse(File.ReadAllText(path), Path.GetFileName(path));
        Read(node, new Source(path, methods, []));
        return node.Declared;
    }

    private static StudyRecipe Read(RecipeNode node, Source source)
    {
        var (name, methods) = (Path.GetFileName(source.Path), source.Methods);
        if (node.Text("study", "", "Title of the tables") is not { Length: > 0 } title)
            throw new RecipeException(
                $"{name}: the key 'study', the title of the tables, is missing; a recipe of one method is for 'coverslip train'"
            );
        var models = node.Section("models");
        if (models.Keys.Count == 0)
            throw new RecipeException($"{name}: 'models' names no model");
        source = source with { Common = node.Raw("common", "Laid over every model's recipe first") };
        var before = node.Section("pretraining");
        Pretraining[] pretrainings =
        [
            .. before.Keys.Select(key =>
            {
                var text = (source with { Common = null }).Text($"pretraining.{key}", before.Section(key));
                return new Pretraining(key, text, methods.Parse(text, $"pretraining of {key}", source.Note));
            }),
        ];
        var inputs = node.Names(
            "inputs",
            ["recipe"],
            ["recipe", "raw", "masked", "mask-channel"],
            "Forms of input, a run each; recipe: as the recipe says"
        );
        var runs = models
            .Keys.SelectMany(model => RunsOf(model, models, inputs, [.. pretrainings.Select(p => p.Name)], source))
            .ToArray();
        string[] own = [.. runs.SelectMany(r => r.Recipe.OwnFigures).Distinct()];
        var study = new StudyRecipe
        {
            Title = title,
            Figure = StudyFigure.Read(
                node,
                "metric",
                node.Text("metric", "accuracy", "Figure that is compared, one of predictions or of the methods"),
                own
            ),
            Further =
            [
                .. node.List("also", [], "Figures that are shown beside it, with their differences")
                    .Select(name => StudyFigure.Read(node, "also", name, own)),
            ],
            Against = node.Text(
                "against",
                models.Keys[0],
                "Model that the others are tested against, the first by default; none: only models that name one"
            ),
            Split = SplitOptions.Read(node.Section("split")),
            Seed = node.Int("seed", 1, (0, int.MaxValue), "Seed of the split"),
            By = node.Text(
                "by",
                "",
                "Column of the cohort whose every value is studied apart, on the same patients; empty: all images together"
            ),
            Sample = node.Int(
                "sample",
                0,
                (0, int.MaxValue),
                "Most images that are taken of the cohort, drawn patient by patient; 0: all"
            ),
            PretrainImages = node.Int(
                "pretrain_images",
                0,
                (0, int.MaxValue),
                "Most images of the other cohort that pre-training takes, drawn likewise; 0: all"
            ),
            Pretrainings = pretrainings,
            Runs = runs,
            ImageWise = node.Flag(
                "image_wise",
                false,
                "Whether every run is also trained on a split of images, to stand beside it as inflated"
            ),
            Curve = node.Text("curve", "", "What the x axis of the study's curves is called; empty: it has none"),
        };
        node.Finish();
        if (runs.FirstOrDefault(r => r.Against.Length > 0 && !models.Keys.Contains(r.Against)) is { } lost)
            throw new RecipeException(
                $"{name}: models.{lost.Model}.against is '{lost.Against}'; the nearest model is '{NearestName.Of(lost.Against, models.Keys)}'"
            );
        if (study.Curve.Length > 0 != runs.Any(r => r.Point is not null))
            throw new RecipeException(
                $"{name}: 'curve' names the x axis, and models its points with 'line' and 'at'; give both or neither"
            );
        if (study.Against != NoModel && !models.Keys.Contains(study.Against))
            throw new RecipeException(
                $"{name}: against is '{study.Against}'; the nearest model is '{NearestName.Of(study.Against, models.Keys)}'"
            );
        var names = (study with { ImageWise = true }).AllRuns.Select(r => r.Name);
        if (names.CountBy(n => n).FirstOrDefault(c => c.Value > 1) is { Value: > 1 } twice)
            throw new RecipeException(
                $"{name}: two models would share the folder '{twice.Key}'; give them names that differ in letters or digits"
            );
        return study;
    }

    private static IEnumerable<StudyRun> RunsOf(
        string model,
        RecipeNode models,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> pretrainings,
        Source source
    )
    {
        var node = models.Section(model);
        // Only models above it: cells are trained in their order, and an ensemble has nothing to train.
        string[] before = [.. models.Keys.TakeWhile(m => m != model)];
        var members = node.Names("ensemble", [], before, "Models above it whose mean it is, instead of training");
        var pretrained = node.Text("pretrained", "", "Entry of pretraining whose weights it starts from; empty: none");
        if (pretrained.Length > 0 && !pretrainings.Contains(pretrained))
            throw node.Wrong("pretrained", pretrained, $"'pretraining' has {Listed(pretrainings)}");
        var (line, at) = (
            node.Text("line", "", "Curve that it is a point of; empty: none"),
            node.Number("at", double.NaN, (-1e12, 1e12), "Where on the x axis it lies")
        );
        if (line.Length > 0 == double.IsNaN(at))
            throw node.Wrong("line", line, "a point of a curve has both 'line' and 'at'");
        // Where the weights will lie is known when the study runs; until then the name stands for it.
        var weights = pretrained.Length > 0 ? YamlText.Of(pretrained, "network", "weights") : null;
        foreach (
            var input in node.Names(
                "inputs",
                inputs,
                ["recipe", "raw", "masked", "mask-channel"],
                "Forms of input, a run each; recipe: as the recipe says"
            )
        )
        {
            var text = source.Text(
                $"models.{model}",
                node,
                weights,
                input == "recipe" ? null : YamlText.Of(input, "input", "form")
            );
            yield return new StudyRun(
                model,
                input,
                text,
                source.Methods.Parse(text, $"{model}, {input}", source.Note),
                pretrained
            )
            {
                Members = members,
                Against = node.Text("against", "", "Model that it is tested against; empty: the study's"),
                Point = line.Length > 0 ? new CurvePoint(line, at) : null,
            };
        }
    }

    private static string Listed(IReadOnlyList<string> names) =>
        names.Count == 0 ? "no entry" : string.Join(", ", names);

    /// <summary>What every recipe of a study is made of.</summary>
    /// <param name="Path">The study's file, to which recipes lie relative.</param>
    /// <param name="Methods">The methods whose recipes it may name.</param>
    /// <param name="Settings">Laid over every recipe last.</param>
    private sealed record Source(string Path, MethodList Methods, IReadOnlyList<YamlMappingNode> Settings)
    {
        /// <summary>Laid over every recipe first.</summary>
        internal YamlMappingNode? Common { get; init; }

        /// <summary>Text of every recipe; null: that of the file which an entry names.</summary>
        internal string? Recipe { get; init; }

        internal Action<string>? Note { get; init; }

        /// <summary>The text of the recipe that an entry names, its own changes and others laid over it.</summary>
        internal string Text(string entry, RecipeNode node, params IEnumerable<YamlMappingNode?> others)
        {
            var name = node.Text("recipe", "", "Recipe file, relative to the study's folder");
            var with = node.Raw("with", "Laid over the recipe");
            if (Recipe is not null)
                return YamlText.Over(RecipeNode.Mapping(Recipe, name), others);
            var file = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!, name);
            if (!File.Exists(file))
                throw new RecipeException(
                    $"{System.IO.Path.GetFileName(Path)}: {entry}.recipe is '{name}'; there is no file {file}"
                );
            var recipe = RecipeNode.Mapping(File.ReadAllText(file), System.IO.Path.GetFileName(file));
            return YamlText.Over(recipe, [Common, with, .. others, .. Settings]);
        }
    }
}
