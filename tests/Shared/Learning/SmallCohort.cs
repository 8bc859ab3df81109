using Coverslip.Evaluation.Cohorts;
using Coverslip.Phantoms;

namespace Coverslip.Learning.Tests;

/// <summary>A small cohort of phantoms in a folder of its own, gone with the test class.</summary>
public sealed class SmallCohort : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("coverslip-").FullName;

    /// <summary>8 patients of two classes, 3 patches of 48 pixels each, with true masks.</summary>
    public Cohort Cohort { get; }

    public SmallCohort() =>
        Cohort = Cohort.Load(
            PhantomCohort.Write(
                Path.Combine(Folder, "cohort"),
                new PhantomCohortOptions
                {
                    Patients = 8,
                    LeastPatches = 3,
                    MostPatches = 3,
                    Patch = new PatchPhantomOptions { Size = 48, NucleusRadius = 2 },
                }
            )
        );

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
