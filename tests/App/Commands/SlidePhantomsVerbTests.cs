using System.Text.Json;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Staging;
using Coverslip.Slides.Annotations;

namespace Coverslip.App.Tests.Commands;

/// <summary>Phantom slides as a user paints them, and what the other verbs make of them.</summary>
[Collection("console")]
public sealed class SlidePhantomsVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_cohort_is_one_for_training_and_for_every_evaluation()
    {
        string[] size = ["--mpp", "2", "--side", "1024", "--classes", "micro,itc"];
        var said = PhantomRuns.Call(
            0,
            ["slide", "phantoms", "--out", folder, "--patients", "2", "--slides", "5", "--tumor", "0.4", .. size]
        );
        Assert.Contains("10 slides of 2 patients", said);
        Assert.Contains("4 with tumor", said);

        var cohort = Cohort.Load(At("cohort.csv"));
        Assert.Equal(["normal", "tumor"], cohort.Classes);
        Assert.Equal(["annotation", "mpp", "node", "artifacts"], cohort.FurtherColumns);
        Assert.Equal(2, cohort.PatientImages.Count);

        // Perfect detections: of every lesion its middle.
        Directory.CreateDirectory(At("detections"));
        foreach (var row in cohort.Rows)
        {
            var name = Path.GetFileNameWithoutExtension(row.Image);
            var annotations = row.Further[0].Length > 0 ? AnnotationFile.Read(At(row.Further[0])).Annotations : [];
            File.WriteAllLines(
                At($"detections/{name}.csv"),
                annotations
                    .Where(a => a.Class == "_0")
                    .Select(a => a.Polygons[0].Outer.Points)
                    .Select(p => FormattableString.Invariant($"0.9,{p.Average(v => v.X)},{p.Average(v => v.Y)}"))
            );
        }
        var command = said.Split('\n').Single(l => l.Contains("evaluate froc")).Split("DETECTIONS ")[1].Trim();
        using var froc = JsonDocument.Parse(
            PhantomRuns.Call(0, ["evaluate", "froc", At("detections"), .. command.Split(' '), "--json"])
        );
        Assert.Equal(1, froc.RootElement.GetProperty("froc").GetProperty("value").GetDouble());
        Assert.Equal(0, froc.RootElement.GetProperty("detections_outside_lesions").GetInt32());
        Assert.Equal(6, froc.RootElement.GetProperty("normal_slides").GetInt32());

        var stages = StageFile.Read(At("stages.csv"));
        Assert.Equal((2, 10), (stages.Stages.Count, stages.Nodes));
        Assert.Empty(stages.Unused);
        using var kappa = JsonDocument.Parse(
            PhantomRuns.Call(0, "evaluate", "kappa", At("stages.csv"), "--truth", At("stages.csv"), "--json")
        );
        Assert.Equal(2, kappa.RootElement.GetProperty("patients").GetInt32());
    }

    [Fact]
    public void One_slide_has_its_outlines_beside_it()
    {
        string[] size = ["--width", "1200", "--height", "1000", "--mpp", "1", "--tissue", "0.6", "--seed", "2"];
        var said = PhantomRuns.Call(
            0,
            ["slide", "phantom", At("a.tif"), .. size, "--lesions", "micro:300,itc", "--artifacts", "pen,blur"]
        );
        Assert.Matches(@"micro +300 +0\.\d+", said);
        Assert.Equal(2, AnnotationFile.Read(At("a.xml")).Annotations.Count);
        PhantomRuns.Call(0, ["slide", "phantom", At("b.tif"), .. size]);
        Assert.False(File.Exists(At("b.xml")));
    }

    [Theory]
    [InlineData("phantom", "--lesions", "huge", "'huge' is no class of lesions; there are macro, micro and itc")]
    [InlineData("phantom", "--lesions", "micro:x", "'micro:x' is no lesion; write a class and microns")]
    [InlineData("phantom", "--lesions", "micro:5000", "a major axis of 5000 µm; it goes from 260 to 1900")]
    [InlineData("phantom", "--artifacts", "hair", "'hair' is no artifact")]
    [InlineData("phantom", "--mpp", "3", "Mpp is 3; it goes from 0.1 to 2")]
    [InlineData("phantoms", "--classes", "macro", "are 1.02 mm wide; one with a lesion of class macro needs 3.78 mm")]
    [InlineData("phantoms", "--patients", "1", "Patients is 1")]
    public void What_is_wrong_is_said(string verb, string option, string value, string expected)
    {
        string[] place = verb == "phantom" ? [At("a.tif")] : ["--out", At("cohort")];
        Assert.Contains(expected, PhantomRuns.Call(1, ["slide", verb, .. place, option, value]));
        Assert.Empty(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
    }

    private string At(string name) => Path.Combine(folder, name);
}
