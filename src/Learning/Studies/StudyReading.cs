using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Studies;

/// <summary>Reads a study's keys, and makes its runs of its models and inputs.</summary>
internal static class StudyReading
{
    private static readonly string[] Forms = [StudyRun.OwnInput, "raw", "masked", "mask-channel"];

    internal static StudyRecipe Read(RecipeNode node, StudySource source) => node.Read(whole => Keys(whole, source));

    private static StudyRecipe Keys(RecipeNode node, StudySource source)
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
                var text = (source with { Common = null }).Text(before.Section(key));
                return new Pretraining(key, text, methods.Parse(text, $"pretraining of {key}", source.Note));
            }),
        ];
        var inputs = node.Names(
            "inputs",
            [StudyRun.OwnInput],
            Forms,
            "Forms of input, a run each; recipe: as the recipe says"
        );
        var rates = node.Numbers(
            "rates",
            [],
            (0, 100),
            "Rates at which every network is trained; of each part the one is shown that its validation patients choose by log loss. None: as the recipe says"
        );
        var runs = models
            .Keys.SelectMany(model => RunsOf(model, models, inputs, [.. pretrainings.Select(p => p.Name)], source))
            .Select(run => StudyRates.Tried(run, rates, source))
            .ToArray();
        var baselines = node.Flag(
            StudyBaselines.Key,
            true,
            "Whether trivial models stand below the others: of images' classes the majority class, brightness, color histogram, features of the box's network as they are; of masks and slides what their method has"
        );
        IRecipe[] own = [.. runs.Select(r => r.Recipe)];
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
            TrainPatients =
            [
                .. node.Numbers(
                        "train_patients",
                        [],
                        (2, 1_000_000),
                        "Numbers of patients to train and validate; for each the study is run on the same test patients, the other patients left out. None: all patients once"
                    )
                    .Select(n => (int)n),
            ],
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
            Runs = baselines ? [.. runs, .. StudyBaselines.Of(runs, source)] : runs,
            Baselines = baselines,
            ImageWise = node.Flag(
                "image_wise",
                false,
                "Whether every run is also trained on a split of images, to stand beside it as inflated"
            ),
            External = node.Text(
                "external",
                "",
                "Cohort file, relative to the study's, that the one model which the validation patients choose is shown after everything else; empty: none"
            ),
            Curve = node.Text("curve", "", "What the x axis of the study's curves is called; empty: it has none"),
        };
        node.Finish();
        if (study.TrainPatients.Count > 0 && (study.By.Length > 0 || study.ImageWise || study.Split.TrainPatients > 0))
            throw new RecipeException(
                $"{name}: train_patients runs the study once for each number of patients, without 'by', 'image_wise' or 'split.train_patients'; leave those out"
            );
        if (study.TrainPatients.CountBy(n => n).FirstOrDefault(c => c.Value > 1) is { Value: > 1 } same)
            throw new RecipeException($"{name}: train_patients names {same.Key} twice");
        if (runs.FirstOrDefault(r => r.Against.Length > 0 && !models.Keys.Contains(r.Against)) is { } lost)
            throw new RecipeException(
                $"{name}: models.{lost.Model}.against is '{lost.Against}'; the nearest model is '{NearestName.Of(lost.Against, models.Keys)}'"
            );
        if (study.Curve.Length > 0 != runs.Any(r => r.Point is not null))
            throw new RecipeException(
                $"{name}: 'curve' names the x axis, and models its points with 'line' and 'at'; give both or neither"
            );
        if (study.Against != StudyRecipe.NoModel && !models.Keys.Contains(study.Against))
            throw node.Wrong(
                "against",
                study.Against,
                $"the nearest model is '{NearestName.Of(study.Against, models.Keys)}'"
            );
        var names = (study with { ImageWise = true }).AllRuns.Select(r => r.Name);
        if (names.CountBy(n => n).FirstOrDefault(c => c.Value > 1) is { Value: > 1 } twice)
            throw new RecipeException(
                $"{name}: two models would share the folder '{twice.Key}'; give them names that differ in letters or digits"
            );
        return study;
    }

    private static Dictionary<string, string> Published(RecipeNode node) =>
        Forms.ToDictionary(
            form => form,
            form =>
                node.Text(
                    form,
                    "",
                    "The paper's own figure of the model on this form of input, as it prints it, to stand beside ours; empty: none"
                )
        );

    private static IEnumerable<StudyRun> RunsOf(
        string model,
        RecipeNode models,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> pretrainings,
        StudySource source
    )
    {
        var node = models.Section(model);
        // Only models above it: cells are trained in their order, and an ensemble has nothing to train.
        string[] before = [.. models.Keys.TakeWhile(m => m != model)];
        var members = node.Names("ensemble", [], before, "Models above it whose mean it is, instead of training");
        var timed = node.Text(
            StudyRun.TimeKey,
            "",
            "Model above it for whose time it is trained, where its method can; empty: as its recipe says"
        );
        if (timed.Length > 0 && !before.Contains(timed))
            throw node.Wrong(StudyRun.TimeKey, timed, $"models above it are {Listed(before)}");
        var pretrained = node.Text("pretrained", "", "Entry of pretraining whose weights it starts from; empty: none");
        if (pretrained.Length > 0 && !pretrainings.Contains(pretrained))
            throw node.Wrong("pretrained", pretrained, $"'pretraining' has {Listed(pretrainings)}");
        var (line, at) = (
            node.Text("line", "", "Curve that it is a point of; empty: none"),
            node.Number("at", double.NaN, (-1e12, 1e12), "Where on the x axis it lies")
        );
        if (line.Length > 0 == double.IsNaN(at))
            throw node.Wrong("line", line, "a point of a curve has both 'line' and 'at'");
        var published = Published(node.Section("published"));
        // Where the weights will lie is known when the study runs; until then the name stands for it.
        YamlMappingNode?[] known =
        [
            pretrained.Length > 0 ? YamlText.Of(pretrained, "network", "weights") : null,
            timed.Length > 0 ? YamlText.Of(timed, StudyRun.TimeKey) : null,
        ];
        var forms = node.Names("inputs", inputs, Forms, "Forms of input, a run each; recipe: as the recipe says");
        if (Forms.Except(forms).FirstOrDefault(f => published[f].Length > 0) is { } unused)
            throw node.Section("published")
                .Wrong(unused, published[unused], $"the model's forms of input are {string.Join(", ", forms)}");
        foreach (var input in forms)
        {
            var text = source.Text(
                node,
                [.. known, input == StudyRun.OwnInput ? null : YamlText.Of(input, "input", "form")]
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
                SameTimeAs = timed,
                Published = published[input],
                Against = node.Text("against", "", "Model that it is tested against; empty: the study's"),
                Point = line.Length > 0 ? new CurvePoint(line, at) : null,
            };
        }
    }

    private static string Listed(IReadOnlyList<string> names) =>
        names.Count == 0 ? "no entry" : string.Join(", ", names);
}
