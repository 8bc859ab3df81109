using Coverslip.Methods.MultiStage;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.MultiStage;

[NoTensorLeaks]
public sealed class EvaluationPartsTests
{
    /// <summary>Digits are tenths of the probability; n, t and u in the second map are labels.</summary>
    private static List<PredictedPatch> Slide(string[] tenths, string[] labels)
    {
        var patches = new List<PredictedPatch>();
        for (var row = 0; row < tenths.Length; row++)
        for (var column = 0; column < tenths[row].Length; column++)
            if (tenths[row][column] != ' ')
                patches.Add(
                    new PredictedPatch(
                        new GridPatch(column, row, "unt".IndexOf(labels[row][column], StringComparison.Ordinal) - 1),
                        (tenths[row][column] - '0') / 10.0
                    )
                );
        return patches;
    }

    [Fact]
    public void Tumor_points_are_single_positive_normal_patches_away_from_tumor()
    {
        // At (0, 0) a point; (3, 0) touches (4, 1) at a corner; (0, 3) is not labeled; (7, 3) lies beside labeled tumor;
        // (5, 3) is exactly a half and no call.
        var slide = Slide(
            ["91191111", "11119111", "11111111", "91111517", "11111111"],
            ["nnnnnnnn", "nnnnnnnn", "nnnnnnnn", "unnnnntn", "nnnnnnnn"]
        );
        var points = TumorPoints.Find(slide);
        Assert.Equal([(0, 0)], points.Select(p => (p.Patch.Column, p.Patch.Row)));
    }

    [Theory]
    [InlineData("61197", 1, 0)] // at a half a point and all tumor; at 0.7, where all tumor is found still, none
    [InlineData("81143", 1, 1)] // at a half no tumor; at 0.3, where all is found, still one
    public void Points_are_counted_at_the_recall_too_at_which_models_are_compared(string tenths, int half, int matched)
    {
        var slide = Slide([tenths], ["nnntt"]);
        var from = TumorPoints.ThresholdAtRecall(slide, 0.8)!.Value;
        Assert.Equal(half, TumorPoints.Count(slide));
        Assert.Equal(matched, TumorPoints.Find(slide, p => p.Probability >= from).Count);
        Assert.Null(TumorPoints.ThresholdAtRecall(Slide(["9"], ["n"]), 0.8));
    }

    [Fact]
    public void Who_calls_everything_has_no_points_and_every_false_patch()
    {
        double? Figure(string tenths, string key) =>
            PatchEstimates
                .Of([new PredictedSlide("A", Slide([tenths], ["nnnnttnt"]))])
                .Figures.Single(f => f.Key == key)
                .Figure.Value;
        Assert.Equal(
            (0, 5),
            (Figure("99999999", "tumor_points_per_slide"), Figure("99999999", "false_patches_per_slide"))
        );
        Assert.Equal(
            (1, 1),
            (Figure("91114411", "tumor_points_per_slide"), Figure("91114411", "false_patches_per_slide"))
        );
        // To find 0.8 of three patches it calls from 0.1 on, and to find them all, too.
        Assert.Equal(5, Figure("91114411", "false_patches_at_recall_0.8"));
        Assert.Equal(1, Figure("91114424", "false_patches_at_recall_0.95"));
    }

    [Fact]
    public void Lesions_are_counted_by_size_over_all_slides_and_a_size_that_is_not_there_is_said()
    {
        static PredictedSlide Of(string patient, params (LesionSize Size, bool Found)[] lesions) =>
            new(patient, Slide(["9"], ["t"]))
            {
                Lesions = [.. lesions.Select(l => new JudgedLesion(l.Size, l.Found ? 0.9 : 0.5))],
            };
        var figures = PatchEstimates.Of([
            Of("A", (LesionSize.Itc, true), (LesionSize.Itc, false), (LesionSize.Micro, true)),
            Of("A", (LesionSize.Itc, false)),
            Of("B", (LesionSize.Itc, true)),
            Of("C"),
        ]);
        var found = figures.Figures.ToDictionary(f => f.Key, f => f.Figure);
        Assert.Equal(0.5, found["lesions_found_itc"].Value);
        Assert.True(found["lesions_found_itc"].Low < 0.5 && found["lesions_found_itc"].High > 0.5);
        Assert.Equal((1, null), (found["lesions_found_micro"].Value, found["lesions_found_micro"].Low));
        Assert.Contains("(macro)", found["lesions_found_macro"].Reason);
        Assert.Contains(("lesions_itc", 4), figures.Counts);
    }

    [Fact]
    public void Lesions_are_counted_where_every_model_costs_eight_normal_patches_a_slide()
    {
        // Nine normal patches at 0.3, eight at 0.4: called above 0.3, a slide has eight too many, and no more.
        var labels = new string('n', 17);
        double? Found(string tenths) =>
            PatchEstimates
                .Of([
                    new PredictedSlide("A", Slide([tenths], [labels]))
                    {
                        Lesions = [new(LesionSize.Itc, 0.35), new(LesionSize.Itc, 0.3)],
                    },
                ])
                .Figures.Single(f => f.Key == "lesions_found_itc_at_8")
                .Figure.Value;
        Assert.Equal(0.5, Found("33333333344444444"));
        Assert.Equal(0, Found("33333333344444449".Replace('3', '4')));
        Assert.Equal(1, Found("11111111144444444"));
    }

    [Fact]
    public void Models_are_enlarged_where_they_say_the_most_different_things_and_not_twice_in_one_place()
    {
        var first = new Slides.Geometry.Rectangle(100, 200, 50, 50);
        var agreeing = new TabledPatches(first, Slide(["11111111111"], ["nnnnnnnnnnn"]));
        Assert.Empty(Disagreement.Places([agreeing]));
        Assert.Empty(Disagreement.Places([agreeing, agreeing]));
        var other = new TabledPatches(first, Slide(["18911111161"], ["nnnnnnnnnnn"]));
        var places = Disagreement.Places([agreeing, other]);
        // Around column 2 seven patches, and around column 9; column 1 lies within the first.
        Assert.Equal([100 + (2.5 * 50) - 175, 100 + (9.5 * 50) - 175], places.Select(p => p.X));
        Assert.All(places, p => Assert.Equal((350, 350), (p.Width, p.Height)));
    }

    [Fact]
    public void Patches_without_a_label_are_not_judged()
    {
        var one = Slide(["927"], ["tnu"]);
        var other = Slide(["4 6"], ["t n"]);
        var figures = PatchFigures.Of([one, other]);
        Assert.Equal((4, 1, 0.5), (figures.Judged, figures.Unlabeled, figures.Accuracy));
        // By falling probability: t 0.9, n 0.6, t 0.4, n 0.2: (1 + 2/3) / 2.
        Assert.Equal(5 / 6.0, figures.PrecisionRecallArea, 12);
        Assert.Equal(1, figures.TumorPoints);
        Assert.Equal(0, PatchFigures.Of([Slide(["9"], ["u"])]).Judged);
        Assert.Equal(double.NaN, PatchFigures.Of([Slide(["9"], ["u"])]).Accuracy);
    }

    [Fact]
    public void Heatmap_features_measure_regions_in_microns()
    {
        // Above 0.5 a bar of five and, apart from it, one cell; above 0.9 nothing but that cell.
        var slide = Slide(["6866611", "1111111", "1111 1:"], ["nnnnnnn", "nnnnnnn", "nnnn nn"]);
        slide[^1] = slide[^1] with { Probability = 0.95 };
        var features = HeatmapFeatures
            .Names.Zip(HeatmapFeatures.Of(slide, (100, 50)))
            .ToDictionary(p => p.First, p => p.Second);
        Assert.Equal(0.95, features["maximum"]);
        Assert.Equal(20 * 5000, features["tissue_area"]);
        Assert.Equal(2, features["regions_50"]);
        Assert.Equal(5 * 5000, features["largest_area_50"]);
        Assert.Equal(0.8, features["largest_maximum_50"], 12);
        Assert.Equal(0.64, features["largest_mean_50"], 12);
        Assert.Equal(6 / 20.0, features["positive_share_50"], 12);
        // A bar of length l has the variance l² / 12 along itself.
        Assert.Equal(4 * 500 / Math.Sqrt(12), features["largest_major_axis_50"], 9);
        Assert.Equal((1, 1 / 20.0), (features["regions_90"], features["positive_share_90"]));
        Assert.Equal(4 * 100 / Math.Sqrt(12), features["longest_major_axis_90"], 9);
        Assert.All(HeatmapFeatures.Of([], (1, 1)), v => Assert.Equal(0, v));
    }

    [Fact]
    public void A_forest_tells_the_classes_of_slides_by_the_size_of_their_largest_region()
    {
        var slides = Enumerable.Range(0, 80).Select(i => Metastasis(i % 4, i)).ToArray();
        using var classes = SlideClasses.Train(slides[..60], 4, seed: 3);
        var predicted = classes.Predict([.. slides[60..].Select(s => s.Features)]);
        Assert.Equal(slides[60..].Select(s => s.Class), predicted);
        Assert.Throws<ArgumentException>(() => SlideClasses.Train([], 4, 1));
    }

    /// <summary>Squares of 0, 1, 3 and 10 cells of 100 µm to a side on a slide of 20 × 20.</summary>
    private static ClassedSlide Metastasis(int kind, int number)
    {
        int[] sides = [0, 1, 3, 10];
        var at = number % 9;
        var patches = Enumerable
            .Range(0, 400)
            .Select(i =>
            {
                var (x, y) = (i % 20, i / 20);
                var inside = x >= at && x < at + sides[kind] && y >= 2 && y < 2 + sides[kind];
                return new PredictedPatch(new GridPatch(x, y, 0), inside ? 0.95 : 0.02 * (number % 7));
            });
        return new ClassedSlide(HeatmapFeatures.Of([.. patches], (100, 100)), kind);
    }

    [Fact]
    public void Maps_are_painted_in_gray_red_purple_and_white()
    {
        var slide = Slide(["0 :"], ["n u"]);
        slide[1] = slide[1] with { Probability = 1 };
        using var truth = PredictionMap.Truth([.. slide.Select(p => p.Patch)], cell: 2);
        using var predicted = PredictionMap.Predicted(slide, cell: 2);
        Assert.Equal((10, 6), (truth.Width, truth.Height));
        Assert.Equal([255, 255, 255], Pixel(truth, 0, 0));
        Assert.Equal([176, 176, 176], Pixel(truth, 2, 2));
        Assert.Equal([255, 255, 255], Pixel(truth, 4, 2));
        Assert.Equal([128, 64, 160], Pixel(truth, 6, 3));
        Assert.Equal([208, 24, 24], Pixel(predicted, 7, 3));

        static byte[] Pixel(Slides.Images.Image image, int x, int y) => [.. image.Row(y).Slice(3 * x, 3)];
    }
}
