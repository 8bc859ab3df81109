using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.StoredFeatures;

namespace Coverslip.Methods.Tests.Bags;

/// <summary>
/// Files of features of slides that were never painted: of every other patient a fifth of the patches has its first three numbers
/// raised. A folder that goes with the test class.
/// </summary>
public sealed class BagCohort : IDisposable
{
    public const int Numbers = 12;

    public BagCohort()
    {
        Directory.CreateDirectory(At("features"));
        foreach (var (name, label) in Slides)
            Write($"features/{name}.h5", name, label == "tumor");
        File.WriteAllLines(
            At("cohort.csv"),
            ["image,label,patient", .. Slides.Select(s => $"features/{s.Name}.h5,{s.Label},P-{s.Name}")]
        );
        Cohort = Cohort.Load(At("cohort.csv"));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("coverslip-bags-").FullName;

    /// <summary>The files of features as a cohort; 24 patients of one each.</summary>
    public Cohort Cohort { get; }

    private static IEnumerable<(string Name, string Label)> Slides =>
        Enumerable.Range(0, 24).Select(i => ($"s{i:00}", i % 2 == 0 ? "normal" : "tumor"));

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file of 30 to 40 patches on a row of squares.</summary>
    public void Write(string file, string name, bool tumor, string encoder = "painted")
    {
        var random = new SeededRandom(name.Sum(c => c), 3);
        var count = 30 + random.Below(11);
        var values = new Half[count * Numbers];
        for (var i = 0; i < values.Length; i++)
            values[i] = (Half)(random.Normal() + (tumor && i % Numbers < 3 && i / Numbers % 5 == 0 ? 4 : 0));
        FeatureFile.Write(
            At(file),
            FeatureFile.Layout(Path.GetExtension(file) == ".npz" ? "npz" : "trident"),
            new PatchFeatures
            {
                Name = name,
                Values = values,
                Numbers = Numbers,
                Places = [.. Enumerable.Range(0, count).SelectMany(i => (double[])[i * 256, 0])],
                Facts = new PatchFacts
                {
                    Encoder = encoder,
                    Side = 256,
                    Level0Side = 256,
                },
            }
        );
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
