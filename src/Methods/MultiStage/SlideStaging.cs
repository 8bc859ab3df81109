using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Evaluation.Staging;
using Coverslip.Evaluation.Statistics;
using Coverslip.Files;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.MultiStage;

/// <summary>Whether and how slides get a class and patients a stage (Takahama et al. 2019, sec. 4.2.3).</summary>
internal sealed record StagingOptions
{
    /// <summary>
    /// Folds of the test patients, each of whose slides are classed by a forest grown on the other folds' slides; 5 as
    /// published, 0 (default): no classes, no stages.
    /// </summary>
    public int Folds { get; init; }

    /// <summary>The cohort's column with negative, itc, micro or macro of each slide; <c>node</c> by default.</summary>
    public string Column { get; init; } = "node";

    internal static StagingOptions Read(RecipeNode node) =>
        new()
        {
            Folds = node.Int(
                "folds",
                0,
                (0, 1000),
                "Folds of the slides' classes and the patients' stages, for kappa; 0: no stages",
                "Takahama et al. 2019, sec. 4.2.3"
            ),
            Column = node.Text(
                "column",
                new StagingOptions().Column,
                "Column of the cohort that says a slide's class: negative, itc, micro or macro"
            ),
        };
}

/// <summary>What staging is given of a slide.</summary>
/// <param name="Row">Its row of the cohort.</param>
/// <param name="Features">See <see cref="HeatmapFeatures"/>.</param>
internal sealed record StagedSlide(CohortRow Row, double[] Features)
{
    internal string Name => Path.GetFileNameWithoutExtension(Row.Image);
}

/// <summary>
/// Classes of slides by random forests over the features of their heatmaps, in a cross-validation by patient, and from them
/// the patients' pN stages. Writes <c>slide_classes.csv</c>, and <c>stages.csv</c> and <c>stages_true.csv</c> as
/// <c>evaluate kappa</c> takes them.
/// </summary>
internal sealed class SlideStaging(StagingOptions options, Cohort cohort, long seed)
{
    internal const string Kappa = "kappa";
    internal const string Accuracy = "slide_class_accuracy";
    private readonly int column = cohort.FurtherIndex(options.Column);

    /// <summary>Refuses, before anything is trained, test slides that cannot be staged.</summary>
    /// <exception cref="InvalidDataException">A slide without class in the cohort, or fewer patients than folds.</exception>
    internal void Check(IReadOnlyList<CohortRow> slides)
    {
        foreach (var slide in slides)
            ClassOf(slide);
        var patients = slides.Select(s => s.Patient).Distinct().Count();
        if (patients < options.Folds || options.Folds < 2)
            throw new InvalidDataException(
                $"stages.folds is {options.Folds}, and {patients} patients are tested; expected is 2 to {patients}, or 0 for no stages"
            );
    }

    /// <summary>Quadratic weighted kappa of stages, and the share of slides of the right class, with intervals.</summary>
    /// <exception cref="InvalidDataException">See <see cref="Check"/>.</exception>
    internal IReadOnlyList<(string Key, Estimate Figure)> Write(IReadOnlyList<StagedSlide> slides, string folder)
    {
        Check([.. slides.Select(s => s.Row)]);
        var truth = slides.Select(s => ClassOf(s.Row)).ToArray();
        var predicted = Predict(slides, truth);
        WriteClasses(slides, truth, predicted, folder);
        var (mine, known) = (Path.Combine(folder, "stages.csv"), Path.Combine(folder, "stages_true.csv"));
        WriteStages(mine, slides, [.. predicted.Select(p => p.Class)]);
        WriteStages(known, slides, truth);
        var kappa = KappaEvaluation.Of(StageFile.Read(mine), StageFile.Read(known)).Kappa;
        return [(Kappa, kappa), (Accuracy, ShareRight(slides, truth, [.. predicted.Select(p => p.Class)]))];
    }

    private (int Class, double[] Probabilities)[] Predict(IReadOnlyList<StagedSlide> slides, int[] truth)
    {
        var patients = slides
            .Index()
            .GroupBy(s => s.Item.Row.Patient)
            .Select(g => new PatientImages(
                g.Key,
                [.. SlideClasses.Camelyon.Select((_, c) => g.Count(s => truth[s.Index] == c))]
            ))
            .ToArray();
        var predicted = new (int, double[])[slides.Count];
        foreach (var (number, part) in KFoldSplits.Draw(patients, options.Folds, 0, seed).Index())
        {
            var tested = part.Test.ToHashSet();
            var (inside, outside) = (Numbers(true), Numbers(false));
            using var forest = SlideClasses.Train(
                [.. outside.Select(i => new ClassedSlide(slides[i].Features, truth[i]))],
                SlideClasses.Camelyon.Count,
                seed + number
            );
            double[][] features = [.. inside.Select(i => slides[i].Features)];
            var (classes, probabilities) = (forest.Predict(features), forest.Probabilities(features));
            foreach (var (place, slide) in inside.Index())
                predicted[slide] = (classes[place], probabilities[place]);

            int[] Numbers(bool test) =>
                [.. slides.Index().Where(s => tested.Contains(s.Item.Row.Patient) == test).Select(s => s.Index)];
        }
        return predicted;
    }

    private int ClassOf(CohortRow row)
    {
        if (column < 0)
            throw new InvalidDataException(
                $"{cohort.Path} has no column '{options.Column}' with the slides' classes ({string.Join(", ", SlideClasses.Camelyon)}); name another one with stages.column, or set stages.folds: 0"
            );
        return PathologicStages.ParseNode(row.Further[column]) is { } node
            ? (int)node
            : throw new InvalidDataException(
                $"{cohort.Path}: row {row.Number}: {options.Column} is '{row.Further[column]}'; expected is one of {string.Join(", ", SlideClasses.Camelyon)}"
            );
    }

    private static Estimate ShareRight(IReadOnlyList<StagedSlide> slides, int[] truth, int[] predicted)
    {
        var patients = slides
            .Index()
            .GroupBy(s => s.Item.Row.Patient)
            .Select(g => (All: g.Count(), Right: g.Count(s => truth[s.Index] == predicted[s.Index])))
            .ToArray();
        double Share(Func<int, int> weight) =>
            patients.Select((p, i) => (double)p.Right * weight(i)).Sum()
            / patients.Select((p, i) => (double)p.All * weight(i)).Sum();
        return PatientBootstrap
            .Run(patients.Length, 1000, seed: 1, weights => [Share(i => weights[i])])
            .Estimate(0, Share(_ => 1), patients.Length);
    }

    private static void WriteClasses(
        IReadOnlyList<StagedSlide> slides,
        int[] truth,
        (int Class, double[] Probabilities)[] predicted,
        string folder
    ) =>
        CsvTable.Write(
            Path.Combine(folder, "slide_classes.csv"),
            ["slide", "patient", "class", "predicted", .. SlideClasses.Camelyon.Select(c => $"p_{c}")],
            slides.Select(
                (s, i) =>
                    (string[])
                        [
                            s.Name,
                            s.Row.Patient,
                            SlideClasses.Camelyon[truth[i]],
                            SlideClasses.Camelyon[predicted[i].Class],
                            .. predicted[i].Probabilities.Select(p => p.ToString("R", CultureInfo.InvariantCulture)),
                        ]
            )
        );

    private static void WriteStages(string path, IReadOnlyList<StagedSlide> slides, int[] classes) =>
        StageFile.Write(
            path,
            slides
                .Index()
                .GroupBy(s => s.Item.Row.Patient)
                .Select(g => new PatientNodes(g.Key, [.. g.Select(s => (s.Item.Name, (NodeStatus)classes[s.Index]))]))
        );
}
