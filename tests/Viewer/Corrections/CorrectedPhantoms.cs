using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Corrections;
using Coverslip.Phantoms;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Viewer.Tests.Corrections;

/// <summary>Four painted patients, two of them kept aside, and corrections of them on which nothing is drawn.</summary>
public sealed class CorrectedPhantoms : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("corrected ").FullName;
    private int count;

    public CorrectedPhantoms()
    {
        PhantomSlideCohort.Write(
            root,
            new PhantomSlideCohortOptions
            {
                Patients = 4,
                Side = 512,
                Mpp = Mpp.Of(2),
                Classes = [LesionClass.Micro],
                Artifacts = false,
            }
        );
        Cohort = Cohort.Load(Path.Combine(root, "cohort.csv"));
        (Tumor, Aside) = (Of("tumor", 0), [Of("tumor", 1), Of("normal", 0)]);
    }

    internal Cohort Cohort { get; }

    /// <summary>A slide with tumor that may be drawn on.</summary>
    internal CohortRow Tumor { get; }

    internal IReadOnlyList<CohortRow> Aside { get; }

    internal static string Name(CohortRow row) => Path.GetFileNameWithoutExtension(row.Image);

    /// <summary>The tumor's outline, in pixels of level 0.</summary>
    internal Ring Lesion =>
        AnnotationFile
            .Read(Path.Combine(root, Cohort.Further(Tumor, "annotation")!))
            .Annotations.MaxBy(a => Math.Abs(a.Polygons[0].Outer.SignedArea))!
            .Polygons[0]
            .Outer;

    /// <summary>The folder of a new correction.</summary>
    internal string Begin()
    {
        var folder = Path.Combine(root, $"correction-{count++}");
        Correction.Begin(
            folder,
            new CorrectionSettings
            {
                Cohort = Cohort.Path,
                Classes = ["normal", "tumor"],
                Positive = "tumor",
                Aside = [.. Aside.Select(r => r.Patient)],
                Mpp = 2,
                Side = 48,
            }
        );
        return folder;
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private CohortRow Of(string label, int place) => Cohort.Rows.Where(r => r.Label == label).ElementAt(place);
}
