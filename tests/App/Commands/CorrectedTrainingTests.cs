using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Phantoms;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.App.Tests.Commands;

/// <summary>What a correction writes trains every method that learns from slides; the others refuse it and say what does.</summary>
[Collection("console")]
public sealed class CorrectedTrainingTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Methods_on_slides_train_on_it_and_those_on_images_on_its_patches()
    {
        Correct();
        var (cohort, split) = (runs.At("colon/cohort.csv"), runs.At("colon/split.json"));
        string[] Train(string recipe, params string[] set) =>
            [
                "train",
                recipe,
                "--cohort",
                cohort,
                "--split",
                split,
                "--out",
                runs.At($"run-{Path.GetFileNameWithoutExtension(recipe)}"),
                .. set.SelectMany(s => (string[])["--set", s]),
            ];
        string Own(string name, string recipe)
        {
            File.WriteAllText(runs.At(name), recipe);
            return runs.At(name);
        }
        var made = Cohort.Load(cohort);
        Assert.Equal(
            ["normal", "tumor"],
            made.Rows.Where(r => Split.Load(split, made).Parts[0].Validation.Contains(r.Patient))
                .Select(r => r.Label)
                .Order()
        );
        PhantomRuns.Call(0, Train(Own("tumor.yaml", SlideTrainingVerbsTests.Recipe), "patches.mpp=2"));
        PhantomRuns.Call(0, Train("bags", "features.mpp=2", "bags.kind=mean"));
        foreach (var method in (string[])["probe", "classical", "backbone-small", "saganet-small"])
            Assert.Contains(
                "is outlined in part (exhaustive: no), and this method takes a file as one image",
                PhantomRuns.Call(1, Train(method))
            );

        // The way out that the message names.
        string[] slides = [.. made.Rows.Where(r => made.Further(r, "side") == "train").Select(made.ImagePath)];
        PhantomRuns.Call(
            0,
            [
                "patches",
                .. slides,
                "--cohort",
                cohort,
                "--annotations",
                runs.At("colon/annotations"),
                "--rule",
                "takahama",
                "--mpp",
                "2",
                "--side",
                "32",
                "--out",
                runs.At("index.csv"),
            ]
        );
        Assert.Equal(["normal", "tumor"], Cohort.Load(runs.At("index.csv")).Classes);
    }

    /// <summary>A correction of two patients of each class, of whose slides the lesions and a corner are drawn.</summary>
    private void Correct()
    {
        PhantomSlideCohort.Write(
            runs.At("slides"),
            new PhantomSlideCohortOptions
            {
                Patients = 6,
                Side = 512,
                Mpp = Mpp.Of(2),
                Classes = [LesionClass.Micro],
                Artifacts = false,
            }
        );
        var (file, colon) = (runs.At("slides/cohort.csv"), runs.At("colon"));
        PhantomRuns.Call(0, ["correct", "new", colon, "--cohort", file, "--mpp", "2", "--side", "48"]);
        var (cohort, aside) = (Cohort.Load(file), File.ReadAllText(Path.Combine(colon, "correction.json")));
        var corner = new Ring([new(180, 180), new(340, 180), new(340, 340), new(180, 340)]);
        foreach (var row in cohort.Rows.Where(r => !aside.Contains($"\"{r.Patient}\"")))
        {
            var drawn = runs.At($"drawn/{Path.GetFileNameWithoutExtension(row.Image)}.geojson");
            Annotation Of(string name, Ring ring) => new() { Class = name, Polygons = [new RingPolygon(ring)] };
            Annotation[] regions = cohort.Further(row, "annotation") is { Length: > 0 } truth
                ?
                [
                    .. AnnotationFile
                        .Read(Path.Combine(cohort.Folder, truth))
                        .Annotations.Where(a => a.IsArea)
                        .Select(a => Of("tumor", a.Polygons[0].Outer)),
                ]
                : [Of("normal", corner)];
            AnnotationFile.Write(
                drawn,
                new AnnotationSet { Format = AnnotationFormat.GeoJson, Annotations = regions },
                AnnotationFormat.GeoJson
            );
            PhantomRuns.Call(0, ["correct", "add", colon, drawn]);
        }
        PhantomRuns.Call(0, ["correct", "train", colon]);
    }
}
