using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Corrections;
using Coverslip.Learning.Tests.Encoders;
using Coverslip.Phantoms;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Torch;

namespace Coverslip.Learning.Tests.Corrections;

/// <summary>
/// Eight painted patients of 1.3 mm, windows of 48 pixels at 2 µm by the encoder in the box; four of them are kept aside. Features are
/// computed once.
/// </summary>
public sealed class PaintedCorrection : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("coverslip-corrections-").FullName;
    private readonly Correction correction;

    public PaintedCorrection(BoxedResNetFile box)
    {
        PhantomSlideCohort.Write(
            Path.Combine(root, "slides"),
            new PhantomSlideCohortOptions
            {
                Patients = 8,
                Side = 640,
                Mpp = Mpp.Of(2),
                Classes = [LesionClass.Micro],
                Seed = 3,
            }
        );
        var cohort = Cohort.Load(Path.Combine(root, "slides", "cohort.csv"));
        string[] Patients(string label) => [.. cohort.Rows.Where(r => r.Label == label).Select(r => r.Patient).Take(2)];
        Aside = [.. Patients("normal"), .. Patients("tumor")];
        var folder = Path.Combine(root, "correction");
        Correction.Begin(
            folder,
            new CorrectionSettings
            {
                Cohort = cohort.Path,
                Classes = ["normal", "tumor"],
                Positive = "tumor",
                Aside = Aside,
                Encoder = box.Named,
                Mpp = 2,
                Side = 48,
            }
        );
        correction = Correction.Open(folder, Device.Cpu);
        correction.ComputeAll(null, default);
    }

    internal IReadOnlyList<string> Aside { get; }

    /// <summary>The correction, on which nothing is drawn.</summary>
    internal Correction Fresh()
    {
        foreach (var kept in (string[])[correction.Folder.Annotations, correction.Folder.Rounds])
            if (Directory.Exists(kept))
                Directory.Delete(kept, recursive: true);
        correction.Forget();
        return correction;
    }

    /// <summary>A region of a class with straight sides, in pixels of level 0.</summary>
    internal static Annotation Region(string name, double x, double y, double width, double height) =>
        new()
        {
            Class = name,
            Polygons =
            [
                new RingPolygon(
                    new Ring([new(x, y), new(x + width, y), new(x + width, y + height), new(x, y + height)])
                ),
            ],
        };

    internal static AnnotationSet Set(params Annotation[] regions) =>
        new() { Format = AnnotationFormat.GeoJson, Annotations = regions };

    public void Dispose()
    {
        correction.Dispose();
        Directory.Delete(root, recursive: true);
    }
}
