using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Studies;
using Coverslip.Methods;

namespace Coverslip.Learning.Tests.Studies;

/// <summary>A study whose runs are made up: ten test images, of which each part has so many right.</summary>
internal sealed class MadeUpStudy : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A model whose parts have so many of ten images right; none are written where none are given.</summary>
    internal sealed record Made(string Model, int[] Right, bool Trivial = false);

    internal IReadOnlyList<StudyRow> Table(params (string Model, int[] Right)[] models) => Study(false, models).Rows;

    internal (StudyRecipe Study, IReadOnlyList<StudyRow> Rows) Study(
        bool imageWise,
        params (string Model, int[] Right)[] models
    ) => StudyOf(imageWise, [.. models.Select(m => new Made(m.Model, m.Right))]);

    internal (StudyRecipe Study, IReadOnlyList<StudyRow> Rows) StudyOf(bool imageWise, IReadOnlyList<Made> models)
    {
        const string recipe = "{method: saganet, input: {form: raw, height: 64, width: 64}}";
        var study = new StudyRecipe
        {
            Title = "made up",
            Figure = StudyFigure.Of(Metric.Accuracy),
            Against = "SagaNet",
            Split = new SplitOptions(),
            Seed = 1,
            Runs =
            [
                .. models.Select(m => new StudyRun(m.Model, "raw", recipe, Known.Methods.Parse(recipe, "test"))
                {
                    IsBaseline = m.Trivial,
                }),
            ],
            ImageWise = imageWise,
        };
        var parts = models.Max(m => m.Right.Length);
        var split = new Split(
            SplitKind.KFold,
            "",
            1,
            [.. Enumerable.Range(0, parts).Select(_ => new SplitPart([], [], ["p0", "p1"]))]
        );
        foreach (var (model, right, _) in models)
        foreach (var (part, correct) in right.Index())
            Write(Path.Combine(Folder, model, $"part-{part + 1}"), correct);
        return (
            study,
            StudyResults.Read(
                study,
                split,
                run => Path.Combine(Folder, run.Model + (run.ImageWise ? "-leaky" : "")),
                _ => (10, 40)
            )
        );
    }

    internal static void Write(string path, int correct)
    {
        Directory.CreateDirectory(path);
        var rows = Enumerable
            .Range(0, 10)
            .Select(i =>
            {
                var (label, right) = (i % 2 == 0 ? "a" : "b", i < correct);
                var p = right == (label == "a") ? 0.8 : 0.2;
                return $"{i}.png,p{i / 5},{label},{(p > 0.5 ? "a" : "b")},{p},{1 - p:0.0}";
            });
        File.WriteAllText(
            Path.Combine(path, "predictions.csv"),
            "image,patient,label,predicted,p_a,p_b\n" + string.Join('\n', rows) + "\n"
        );
        new RunDescription
        {
            CohortHash = "",
            Classes = ["a", "b"],
            SourceChannels = 3,
            ScaleLow = 1,
            ScaleHigh = 1,
            Seed = 1,
            Part = 1,
            Parts = 1,
            Parameters = 1_500_000,
            Epochs = 5,
            BestEpoch = 1,
            TrainingSeconds = 10,
            ProcessorSeconds = 7.5,
            TrainingAccuracy = 0.75,
            WeightsMoved = 0.1,
            EmptyMasks = 0,
            Images = 50,
            PeakMemory = 321,
            Versions = "",
        }.Write(Path.Combine(path, "run.json"));
    }
}
