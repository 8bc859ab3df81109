using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.SlidePatches;

namespace Coverslip.Learning.Tests.SlidePatches;

/// <summary>Slides of tumor that are taught as normal: four of eight have tumor.</summary>
public sealed class MislabelTests(TinySlides tiny) : IClassFixture<TinySlides>
{
    [Fact]
    public void A_mislabeled_slide_teaches_and_validates_as_normal_and_is_tested_as_what_it_is()
    {
        using var slides = tiny.Open(tiny.Cohort);
        var row = Assert.Single(new MislabelOptions { Slides = 1 }.Draw(tiny.Cohort, positive: 1));
        Assert.Equal("tumor", row.Label);
        slides.Mislabel([row], TinySlides.Input(), TinySlides.Patches().Places(32));

        var truth = slides.Slides.Single(s => s.Row == row);
        SlideSource On(SplitSide side) =>
            Assert.IsType<SlideSource>(
                Assert.Single(slides.Of(Part(row.Patient, side), side), s => s.Patient == row.Patient)
            );
        foreach (var side in (SplitSide[])[SplitSide.Train, SplitSide.Validation])
        {
            Assert.Equal("normal", On(side).Row.Label);
            Assert.Equal((truth.Count(0) + truth.Count(1), 0), (On(side).Count(0), On(side).Count(1)));
        }
        Assert.Same(truth, On(SplitSide.Test));
        Assert.True(truth.Count(1) > 0);

        var error = Assert.Throws<InvalidDataException>(() =>
            slides.Examples(SlideExamplesTests.Recipe(), TinySlides.Patches(), Part(row.Patient, SplitSide.Train))
        );
        Assert.Contains("the training patients have no patch of class tumor on 1 slides", error.Message);
        Assert.EndsWith(
            "1 slides of tumor are mislabeled on purpose: fewer (mislabel.slides, mislabel.share) or others (mislabel.seed) leave some on either side",
            error.Message
        );

        slides.Record(tiny.Folder);
        Assert.Equal(
            $"image,patient,label,taught\n{row.Image},{row.Patient},tumor,normal\n",
            File.ReadAllText(tiny.At(TaughtLabels.FileName))
        );
    }

    [Fact]
    public void More_of_one_seed_hold_all_of_fewer_and_one_slide_of_tumor_stays()
    {
        string[] Drawn(MislabelOptions options) => [.. options.Draw(tiny.Cohort, positive: 1).Select(r => r.Image)];
        var three = Drawn(new MislabelOptions { Slides = 3 });
        Assert.Equal(3, three.Distinct().Count());
        Assert.Equal(three[..2], Drawn(new MislabelOptions { Share = 0.25 }));
        Assert.Empty(Drawn(new MislabelOptions()));
        var error = Assert.Throws<InvalidDataException>(() => Drawn(new MislabelOptions { Share = 0.5 }));
        Assert.Contains("mislabel asks for 4 slides of tumor to be taught as normal", error.Message);
        Assert.Contains("at most 3 can be, so that one is left", error.Message);
    }

    private SessionPart Part(string patient, SplitSide side)
    {
        string[] If(SplitSide wanted) => side == wanted ? [patient] : [];
        var split = new SplitPart(If(SplitSide.Train), If(SplitSide.Validation), If(SplitSide.Test));
        return new SessionPart(0, split, 1, new RunFolder(tiny.Folder));
    }
}
