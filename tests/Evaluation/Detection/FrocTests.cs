using System.Text.Json;
using Coverslip.Evaluation.Detection;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Detection;

public sealed class FrocTests
{
    [Fact]
    public void Lesions_equal_those_of_scipy_and_scikit_image()
    {
        foreach (var golden in Golden.Of("froc.json").GetProperty("froc").EnumerateArray())
        {
            foreach (var slide in golden.GetProperty("cases").EnumerateArray())
            {
                var lesions = Map(golden, slide)?.Lesions ?? [];
                Assert.Equal(slide.Integers("areas"), lesions.Select(l => (int)l.Pixels));
                Assert.Equal(
                    slide.GetProperty("isolated").EnumerateArray().Select(i => i.GetBoolean()),
                    lesions.Select(l => l.Isolated)
                );
                foreach (var (i, axis) in slide.Numbers("axes").Index())
                    Assert.Equal(axis, lesions[i].MajorAxis, 1e-9);
            }
        }
    }

    [Fact]
    public void Curves_and_scores_equal_numpys()
    {
        foreach (var golden in Golden.Of("froc.json").GetProperty("froc").EnumerateArray())
        {
            var froc = new Froc([
                .. golden.GetProperty("cases").EnumerateArray().Select((s, i) => Judge(golden, s, $"{i}")),
            ]);
            AssertClose(golden.Numbers("fps"), froc.Curve().Select(p => p.FalsePositives));
            AssertClose(golden.Numbers("sensitivity"), froc.Curve().Select(p => p.Sensitivity));
            AssertClose(golden.Numbers("at"), froc.Sensitivities()!);
            var evaluation = FrocEvaluation.Of(
                [.. golden.GetProperty("cases").EnumerateArray().Select((s, i) => Judge(golden, s, $"{i}"))],
                new FrocOptions { Bootstrap = 0 }
            );
            Assert.Equal(golden.GetProperty("score").GetDouble(), evaluation.Score.Value!.Value, 1e-12);
        }
    }

    [Fact]
    public void Random_slides_score_as_by_the_slow_definition()
    {
        var undefined = 0;
        for (var seed = 0; seed < 4000; seed++)
        {
            var random = new SeededRandom(seed);
            var slides = new SmallSlide[1 + random.Below(4)];
            for (var i = 0; i < slides.Length; i++)
                slides[i] = SmallSlide.Random(random);
            var froc = new Froc([.. slides.Select((s, i) => s.Judge($"{i}"))]);
            if (SlowFroc.Curve(slides) is not { } expected)
            {
                Assert.Empty(froc.Curve());
                Assert.Null(froc.Sensitivities());
                undefined++;
                continue;
            }
            AssertClose([.. expected.Select(p => p.Fps)], froc.Curve().Select(p => p.FalsePositives));
            AssertClose([.. expected.Select(p => p.Sensitivity)], froc.Curve().Select(p => p.Sensitivity));
            AssertClose(SlowFroc.Interpolate(expected), froc.Sensitivities()!);
        }
        Assert.InRange(undefined, 100, 2500);
    }

    [Fact]
    public void A_draw_scores_as_its_slides_do_however_often_drawn()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new SeededRandom(seed, 1);
            var slides = new SmallSlide[4];
            for (var i = 0; i < slides.Length; i++)
                slides[i] = SmallSlide.Random(random);
            int[] weights = [random.Below(3), random.Below(3), random.Below(3), 1];
            var froc = new Froc([.. slides.Select((s, i) => s.Judge($"{i}"))]);
            SmallSlide[] drawn = [.. slides.SelectMany((s, i) => Enumerable.Repeat(s, weights[i]))];
            if (SlowFroc.Curve(drawn) is { } expected)
                AssertClose(SlowFroc.Interpolate(expected), froc.Sensitivities(weights)!);
            else
                Assert.Null(froc.Sensitivities(weights));
        }
    }

    [Fact]
    public void Chance_is_that_of_the_tissue_where_it_is_known()
    {
        // A lesion of 16 of 1,024 pixels; tissue is that lesion and 48 pixels beside it.
        var mask = new byte[32 * 32];
        for (var y = 8; y < 12; y++)
            mask.AsSpan((y * 32) + 8, 4).Fill(1);
        var rules = new LesionRules { Level = 5, MicronsPerPixel = 75 };
        var map = LesionMap.Of(mask, 32, rules);
        (double, double)[] tissue =
        [
            .. Enumerable.Range(0, 64).Select(i => (((i % 8) + 8.5) * 32, ((i / 8) + 8.5) * 32)),
        ];
        var found = new Detections("a.csv", [0.9], [16], [16]);
        Assert.Equal(map.Lesions[0].Pixels / 1024.0, FrocSlide.Of("a", found, map).LesionShares[0], 1e-12);
        Assert.Equal(map.Lesions[0].Pixels / 64.0, FrocSlide.Of("a", found, map, null, tissue).LesionShares[0], 1e-12);
    }

    [Fact]
    public void Lesions_are_found_once_isolated_cells_never_and_false_positives_may_be_those_of_normal_slides()
    {
        FrocSlide[] slides =
        [
            Slide("tumor", lesions: [0.9, 0, 0.4, 0], isolated: 1, falsePositives: [0.95, 0.3]),
            Slide("normal", lesions: [], isolated: 0, falsePositives: [0.5, 0.2]),
        ];
        Assert.Equal(
            [
                new(0.2, 2, 2 / 3.0),
                new(0.3, 1.5, 2 / 3.0),
                new(0.4, 1, 2 / 3.0),
                new(0.5, 1, 1 / 3.0),
                new(0.9, 0.5, 1 / 3.0),
                new(0.95, 0.5, 0),
                new(double.PositiveInfinity, 0, 0),
            ],
            new Froc(slides).Curve()
        );
        Assert.Equal(
            [
                new(0.2, 2, 2 / 3.0),
                new(0.4, 1, 2 / 3.0),
                new(0.5, 1, 1 / 3.0),
                new(0.9, 0, 1 / 3.0),
                new(double.PositiveInfinity, 0, 0),
            ],
            new Froc(slides, FrocSlides.Normal).Curve()
        );
    }

    [Fact]
    public void Intervals_depend_on_the_seed_alone_and_slides_of_a_patient_are_drawn_together()
    {
        var random = new SeededRandom(5);
        var slides = Enumerable
            .Range(0, 40)
            .Select(i =>
                Slide($"{i}", [.. Draw(random, i % 3)], isolated: 0, [.. Draw(random, 3)]) with
                {
                    Patient = $"{i / 2}",
                }
            )
            .ToArray();
        var options = new FrocOptions { Bootstrap = 200 };
        var evaluation = FrocEvaluation.Of(slides, options);
        Assert.Equal(evaluation.Score, FrocEvaluation.Of(slides, options).Score);
        Assert.NotEqual(evaluation.Score, FrocEvaluation.Of(slides, options with { Seed = 2 }).Score);
        Assert.InRange(evaluation.Score.Value!.Value, evaluation.Score.Low!.Value, evaluation.Score.High!.Value);
        Assert.True(evaluation.Score.Low < evaluation.Score.High);
        Assert.Equal((20, 40), (evaluation.Patients, evaluation.Slides.Count));
        var one = FrocEvaluation.Of([.. slides.Select(s => s with { Patient = "p" })], options).Score;
        Assert.Equal((evaluation.Score.Value, null, "one patient gives no interval"), (one.Value, one.Low, one.Reason));
        Assert.Null(FrocEvaluation.Of([slides[0]], options).Score.Value);
    }

    private static double[] Draw(SeededRandom random, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = random.Unit();
        return values;
    }

    private static FrocSlide Slide(string name, double[] lesions, int isolated, double[] falsePositives) =>
        new()
        {
            Name = name,
            Patient = name,
            Lesions = lesions,
            Isolated = isolated,
            FalsePositives = falsePositives,
            Ignored = 0,
        };

    private static void AssertClose(IReadOnlyList<double> expected, IEnumerable<double> actual)
    {
        double[] all = [.. actual];
        Assert.Equal(expected.Count, all.Length);
        for (var i = 0; i < all.Length; i++)
            Assert.Equal(expected[i], all[i], 1e-12);
    }

    private static FrocSlide Judge(JsonElement golden, JsonElement slide, string name)
    {
        var rows = slide.GetProperty("detections").EnumerateArray().ToArray();
        double[] Column(int i) => [.. rows.Select(r => r[i].GetDouble())];
        return FrocSlide.Of(name, new Detections(name, Column(0), Column(1), Column(2)), Map(golden, slide));
    }

    private static LesionMap? Map(JsonElement golden, JsonElement slide)
    {
        if (slide.GetProperty("runs").ValueKind == JsonValueKind.Null)
            return null;
        var (width, height) = (golden.GetProperty("width").GetInt32(), golden.GetProperty("height").GetInt32());
        var mask = slide.Integers("runs").SelectMany((n, i) => Enumerable.Repeat((byte)(i % 2), n)).ToArray();
        Assert.Equal(width * height, mask.Length);
        var rules = new LesionRules
        {
            Level = golden.GetProperty("level").GetInt32(),
            MicronsPerPixel = golden.GetProperty("mpp").GetDouble(),
        };
        return LesionMap.Of(mask, width, rules);
    }
}
