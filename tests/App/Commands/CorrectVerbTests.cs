using Coverslip.Evaluation.Cohorts;
using Coverslip.Phantoms;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.App.Tests.Commands;

[Collection("console")]
public sealed class CorrectVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void From_files_of_regions_to_a_round_and_the_next_place()
    {
        PhantomSlideCohort.Write(
            folder,
            new PhantomSlideCohortOptions
            {
                Patients = 4,
                Side = 512,
                Mpp = Mpp.Of(2),
                Classes = [LesionClass.Micro],
                Artifacts = false,
            }
        );
        var (file, colon) = (Path.Combine(folder, "cohort.csv"), Path.Combine(folder, "colon"));
        string[] begin = ["correct", "new", colon, "--cohort", file, "--mpp", "2", "--side", "48", "--aside", "0.5"];
        var begun = VerbCall.Run(0, begin).Output;
        Assert.Contains($"{colon}: 4 slides of 4 patients; kept aside and never drawn on: ", begun);
        Assert.Contains($"draw in the browser: coverslip view {colon}\n", begun);
        Assert.Contains("correction.json is there already", VerbCall.Run(1, begin).Errors);
        Assert.Contains(
            "nothing is drawn yet; draw a region of two of normal, tumor",
            VerbCall.Run(1, "correct", "train", colon).Errors
        );

        var aside = begun.Split("drawn on: ")[1].Split('\n')[0].Split(", ");
        var cohort = Cohort.Load(file);
        var tumor = cohort.Rows.First(r => r.Label == "tumor" && !aside.Contains(r.Patient));
        var other = cohort.Rows.First(r => aside.Contains(r.Patient));
        var drawn = Drawn(cohort, tumor);
        Assert.Contains(
            $"is of patient {other.Patient}, who is kept aside to judge by",
            VerbCall.Run(1, "correct", "add", colon, Drawn(cohort, tumor, other)).Errors
        );
        Assert.Contains(": 2 regions\n", VerbCall.Run(0, "correct", "add", colon, drawn).Output);
        Assert.Matches(
            "^round 1: 2 regions on 1 slides, [0-9]+ windows, taught in [0-9.]+ s; patients kept aside: AUC 0[.][0-9]{3} over [0-9]+ windows, [01][.][0-9]{3} over 2 slides\n",
            VerbCall.Run(0, "correct", "train", colon, "--minutes", "1.5").Output
        );
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(colon, "rounds.svg")));
        Assert.Matches(
            "^(P[0-9]+-1 at [(][0-9]+, [0-9]+[)]: (unsure|unlike anything annotated: distance) ?:? ?0[.][0-9]{2}\n){3}$",
            VerbCall.Run(0, "correct", "next", colon, "--count", "3").Output
        );

        var figures = Path.Combine(folder, "simulated.csv");
        var simulated = VerbCall
            .Run(0, "correct", "simulate", colon, "--regions", "3", "--seeds", "1", "--out", figures)
            .Output;
        Assert.Contains("seed 1, random: 3 regions; patients kept aside: AUC ", simulated);
        Assert.Equal(1 + 4, File.ReadAllLines(figures).Length);
        Assert.Single(Directory.GetFiles(Path.Combine(colon, "annotations")));
    }

    /// <summary>The slide's own tumor and a corner of its tissue, as a file of a slide.</summary>
    private string Drawn(Cohort cohort, CohortRow row, CohortRow? named = null)
    {
        var truth = AnnotationFile.Read(Path.Combine(cohort.Folder, cohort.Further(row, "annotation")!));
        var lesion = truth.Annotations.First(a => a.IsArea).Polygons[0];
        var corner = new Ring([new(200, 60), new(300, 60), new(300, 160), new(200, 160)]);
        var path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension((named ?? row).Image)}.geojson");
        AnnotationFile.Write(
            path,
            new AnnotationSet
            {
                Format = AnnotationFormat.GeoJson,
                Annotations =
                [
                    new Annotation { Class = "Tumour", Polygons = [lesion] },
                    new Annotation { Class = "normal", Polygons = [new RingPolygon(corner)] },
                ],
            },
            AnnotationFormat.GeoJson
        );
        return path;
    }
}
