using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Corrections;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Corrections;

/// <summary>From regions to a probe, its figure on patients kept aside, the next place, and what is kept of a round.</summary>
[NoTensorLeaks, Collection("box")]
public sealed class CorrectionTests(PaintedCorrection painted) : IClassFixture<PaintedCorrection>
{
    /// <summary>Two simulated annotators each, led by proposals and by chance.</summary>
    [Fact]
    public void Twelve_regions_where_they_are_proposed_judge_unseen_patients_better_than_as_many_anywhere()
    {
        double Last(int seed, bool proposed)
        {
            var correction = painted.Fresh();
            return new SimulatedAnnotator(correction, seed).Draw(12, proposed).Last().Aside.WindowAuc!.Value;
        }
        double[] led = [Last(1, true), Last(2, true)],
            random = [Last(1, false), Last(2, false)];
        Assert.All(led, auc => Assert.True(auc >= 0.95, $"{string.Join(", ", led)}"));
        Assert.True(led.Average() > random.Average(), $"{string.Join(", ", led)}; {string.Join(", ", random)}");
    }

    [Fact]
    public void A_round_is_kept_whole_and_training_takes_it()
    {
        var correction = painted.Fresh();
        new SimulatedAnnotator(correction, 1).Draw(6, proposed: true).Last();
        // Of a process that was killed while it wrote.
        Directory.CreateDirectory(Path.Combine(correction.Folder.Rounds, ".001", "annotations"));
        var (round, notes) = correction.KeepRound(2.5);
        Assert.Equal((1, 2.5, 6), (round.Number, round.Minutes, round.Regions));
        Assert.InRange(round.Seconds, 0, 2);
        Assert.Equal([round], correction.Rounds);
        var drawn = Directory.GetFiles(Path.Combine(correction.Folder.Rounds, "001", "annotations"));
        Assert.Equal(round.Slides, drawn.Length);
        Assert.Equal(6, drawn.Sum(f => AnnotationFile.Read(f).Annotations.Count));
        var table = CsvTable.Read(correction.Folder.Table);
        Assert.Equal("2.5", Assert.Single(table.Rows).Fields[table.Require("minutes")]);

        var cohort = Cohort.Load(correction.Folder.Cohort);
        Assert.Equal(painted.Aside.Order(), Split.Load(correction.Folder.Split, cohort).Parts[0].Test.Order());
        Assert.All(
            notes,
            n =>
                Assert.Matches(
                    " is left out of cohort.csv: it is labeled tumor, and none is drawn on it$|^no patient of class tumor ",
                    n
                )
        );
        using var slides = CohortSlides.Open(
            cohort,
            new SlidePatchOptions
            {
                Mpp = 2,
                Stride = 32,
                Center = 32,
            },
            new PatchInput(new WindowPixels(64, 64, null), [1], 1),
            64
        );
        var tumor = slides.Slides.First(s => s.Row.Label == "tumor" && !painted.Aside.Contains(s.Patient));
        var regions = correction.RegionsOf(correction.Slide(Path.GetFileNameWithoutExtension(tumor.Row.Image)));
        Assert.Equal(regions.Region("tumor").Area, tumor.Areas.Tumor.Area, 1.0);
        // What was not drawn is not known; what was drawn as normal is.
        var all = (double)tumor.Slide.Levels[0].Width * tumor.Slide.Levels[0].Height;
        var size = tumor.Slide.Levels[0];
        var ignored = tumor.Areas.Ignored.Within(new Rectangle(0, 0, size.Width, size.Height));
        Assert.Equal(all - regions.Region(["tumor", "normal"]).Area, ignored.Area, 1.0);
    }

    [Fact]
    public void Each_class_validates_where_two_patients_have_it_and_it_is_told_where_one_has()
    {
        var correction = painted.Fresh();
        var (tumor, normal) = (
            PaintedCorrection.Region("tumor", 200, 200, 96, 96),
            PaintedCorrection.Region("normal", 320, 320, 96, 96)
        );
        var own = correction.Slides.Where(s => !s.Aside).OrderByDescending(s => s.Row.Label).ToArray();
        foreach (var slide in own)
            correction.Draw(slide, PaintedCorrection.Set(slide.Row.Label == "tumor" ? [tumor, normal] : [normal]));
        correction.Teach();
        Assert.Empty(correction.KeepRound(1).Notes);
        var cohort = Cohort.Load(correction.Folder.Cohort);
        var validating = Split.Load(correction.Folder.Split, cohort).Parts[0].Validation;
        Assert.Equal(
            ["normal", "tumor"],
            cohort.Rows.Where(r => validating.Contains(r.Patient)).Select(r => r.Label).Order()
        );
        correction.Draw(own[0], PaintedCorrection.Set());
        correction.Teach();
        Assert.Contains(
            "no patient of class tumor validates, since it is on slides of one patient alone; methods that validate by windows refuse that: draw tumor on another patient's slide",
            correction.KeepRound(2).Notes
        );
    }

    [Fact]
    public void A_round_is_of_what_taught_it_though_more_was_learned_before_it_was_judged()
    {
        var correction = painted.Fresh();
        new SimulatedAnnotator(correction, 1).Draw(3, proposed: true).Last();
        var first = correction.Taught!;
        var alone = correction.JudgeAside();
        new SimulatedAnnotator(correction, 2).Draw(4, proposed: true).Last();
        var second = correction.Taught!;
        Assert.Equal((1, 3, alone), Kept(correction.KeepRound(first, 1).Round));
        Assert.Equal((2, 7, correction.JudgeAside()), Kept(correction.KeepRound(second, 2).Round));
        Assert.Equal(2, correction.Rounds.Count);
        static (int, int, AsideFigures) Kept(CorrectionRound round) => (round.Number, round.Regions, round.Aside);
    }

    [Fact]
    public void Features_over_the_bound_are_dropped_and_read_again_and_figures_stay()
    {
        var correction = painted.Fresh();
        long Held() => correction.Slides.Sum(s => s.Features.HeldBytes);
        new SimulatedAnnotator(correction, 1).Draw(4, proposed: true).Last();
        var (all, figures, places) = (Held(), correction.JudgeAside(), correction.Next(5));
        try
        {
            correction.FeatureBytes = all / 4;
            Assert.Equal(figures, correction.JudgeAside());
            Assert.InRange(Held(), 1, all / 2);
            Assert.Equal(places, correction.Next(5));
            correction.Teach();
            Assert.InRange(Held(), 1, all / 2);
            Assert.All(correction.Slides, s => Assert.True(s.Features.Complete));
            Assert.Equal(figures, correction.JudgeAside());
        }
        finally
        {
            correction.FeatureBytes = 1L << 30;
        }
    }

    [Fact]
    public void Nothing_is_drawn_on_a_patient_kept_aside_nor_of_another_class_nor_elsewhere()
    {
        var correction = painted.Fresh();
        string Refused(CorrectionSlide slide, Annotation region) =>
            Assert.Throws<ArgumentException>(() => correction.Draw(slide, PaintedCorrection.Set(region))).Message;
        var (aside, own) = (correction.Slides.First(s => s.Aside), correction.Slides.First(s => !s.Aside));
        Assert.Equal(
            $"{aside.Name} is of patient {aside.Row.Patient}, who is kept aside to judge by: what is drawn there would teach what is judged. Draw on {own.Name} or another of 4 slides, or begin a correction that keeps others aside",
            Refused(aside, PaintedCorrection.Region("tumor", 0, 0, 100, 100))
        );
        Assert.Equal(
            $"{own.Name}: a region is of class 'stroma'; classes of this correction are normal, tumor",
            Refused(own, PaintedCorrection.Region("stroma", 0, 0, 100, 100))
        );
        Assert.Equal(
            $"{own.Name}: a region lies at (900, 5), outside of the slide's 640 × 640 pixels; places count pixels of level 0",
            Refused(own, PaintedCorrection.Region("tumor", 900, 5, 100, 100))
        );
        Assert.False(Directory.Exists(correction.Folder.Annotations));
    }

    [Fact]
    public void What_was_drawn_before_is_kept_and_two_classes_are_needed()
    {
        var correction = painted.Fresh();
        var slide = correction.Slides.First(s => !s.Aside);
        Assert.StartsWith(
            "nothing is drawn yet; draw a region of two of normal, tumor",
            Assert.Throws<ArgumentException>(() => correction.Teach()).Message
        );
        for (var count = 1; count <= 3; count++)
            correction.Draw(
                slide,
                PaintedCorrection.Set([
                    .. Enumerable.Range(0, count).Select(i => PaintedCorrection.Region("normal", 100 * i, 300, 96, 96)),
                ])
            );
        var versions = Directory
            .GetFiles(correction.Folder.Versions)
            .Select(f => AnnotationFile.Read(f).Annotations.Count)
            .Order();
        Assert.Equal([1, 2], versions);
        Assert.Equal(3, correction.RegionsOf(slide).Annotations.Count);
        Assert.StartsWith(
            "all regions are of normal; draw one of another of normal, tumor",
            Assert.Throws<ArgumentException>(() => correction.Teach()).Message
        );
        Assert.Throws<IOException>(() => Correction.Open(correction.Folder.Path, Device.Cpu));
    }

    [Fact]
    public void Where_to_draw_next_is_away_from_what_is_drawn_and_says_why()
    {
        var correction = painted.Fresh();
        Assert.All(correction.Next(3), place => Assert.StartsWith("unlike the rest: distance ", place.Reason));
        new SimulatedAnnotator(correction, 1).Draw(3, proposed: true).Last();
        var places = correction.Next(20);
        Assert.Equal(20, places.Distinct().Count());
        Assert.All(
            places,
            p => Assert.Matches("^(unsure: 0|unlike anything annotated: distance 0)[.][0-9]{2}$", p.Reason)
        );
        Assert.Equal(places.OrderByDescending(p => p.Worth), places);
        foreach (var place in places)
        {
            var slide = correction.Slide(place.Slide);
            Assert.False(slide.Aside);
            var around = new Rectangle(place.At.X - 48, place.At.Y - 48, 96, 96);
            Assert.Equal(0, correction.RegionsOf(slide).Region(["normal", "tumor"]).AreaIn(around), 1e-6);
        }
        var heatmap = correction.HeatmapOf(correction.Slide(places[0].Slide));
        Assert.Equal(0, heatmap.PendingCells);
        Assert.All(heatmap.Values.ToArray(), v => Assert.True(v is >= 0 and <= 1 || float.IsNaN(v)));
    }
}
