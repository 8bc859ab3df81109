using Coverslip.Slides.Images;

namespace Coverslip.Phantoms.Tests;

public sealed class PhantomCohortTests
{
    [Fact]
    public void Half_of_the_patients_have_each_class_and_one_class_each()
    {
        var patches = PhantomCohort.Describe(new PhantomCohortOptions { Seed = 4 });
        var patients = patches.GroupBy(patch => patch.Patient).ToList();
        Assert.Equal(16, patients.Count);
        Assert.All(patients, patient => Assert.Single(patient.Select(patch => patch.Label).Distinct()));
        Assert.All(patients, patient => Assert.InRange(patient.Count(), 8, 20));
        Assert.True(patients.Select(patient => patient.Count()).Distinct().Count() > 3);
        Assert.Equal(8, patients.Count(patient => patient.First().Label == "rosettes"));
        Assert.Equal(patches.Count, patches.Select(patch => patch.Name).Distinct().Count());
        Assert.Equal(patches.Count, patches.Select(patch => patch.Seed).Distinct().Count());
    }

    [Fact]
    public void Stains_of_either_class_spread_alike()
    {
        var patches = PhantomCohort.Describe(new PhantomCohortOptions { Seed = 9, Patients = 40 });
        var levels = patches
            .GroupBy(patch => patch.Patient)
            .ToLookup(p => p.First().Label, p => p.First().Options.StainLevel);
        foreach (var of in levels)
            Assert.Equal(Enumerable.Range(0, 20), of.Order().Select(level => (int)(level * 20)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Color_alone_does_not_tell_the_classes(int seed)
    {
        var patches = PhantomCohort.Describe(new PhantomCohortOptions { Seed = seed });
        var histograms = patches.Select(Histograms).ToArray();
        Assert.InRange(NearestNeighbor(patches, [.. histograms.Select(h => h.ByChannel)]), 0, 0.65);
        Assert.InRange(NearestNeighbor(patches, [.. histograms.Select(h => h.Joint)]), 0, 0.65);
    }

    [Fact]
    public void A_written_cohort_is_complete_and_the_same_every_time()
    {
        var folder = Directory.CreateTempSubdirectory("coverslip-cohort-").FullName;
        try
        {
            var options = new PhantomCohortOptions
            {
                Patients = 4,
                LeastPatches = 1,
                MostPatches = 3,
                Patch = new PatchPhantomOptions { Size = 64 },
            };
            var csv = PhantomCohort.Write(Path.Combine(folder, "one"), options);
            var again = PhantomCohort.Write(Path.Combine(folder, "two"), options);

            var lines = File.ReadAllLines(csv);
            Assert.Equal("image,label,patient,mask", lines[0]);
            Assert.Equal(PhantomCohort.Describe(options).Count, lines.Length - 1);
            Assert.Equal(lines, File.ReadAllLines(again));
            foreach (var fields in lines.Skip(1).Select(line => line.Split(',')))
            {
                foreach (var file in new[] { fields[0], fields[3] })
                {
                    var first = File.ReadAllBytes(Path.Combine(folder, "one", file));
                    Assert.Equal(first, File.ReadAllBytes(Path.Combine(folder, "two", file)));
                }
                using var mask = ImageFile.Read(Path.Combine(folder, "one", fields[3]), ImageReadOptions.AsStored);
                Assert.Equal("64 × 64 gray image of 8 bits", mask.ToString());
                Assert.True(mask.Pixels.IndexOfAnyExcept((byte)0, (byte)255) < 0);
                Assert.StartsWith(fields[2], Path.GetFileName(fields[0]));
            }
            var files = Directory.GetFiles(Path.Combine(folder, "one"), "*", SearchOption.AllDirectories);
            Assert.Equal((2 * (lines.Length - 1)) + 1, files.Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Noise_and_diversity_are_the_patients_own_and_leave_the_truth_alone()
    {
        var plain = new PhantomCohortOptions { Seed = 5, Patients = 20 };
        var varied = PhantomCohort.Describe(plain with { Noise = 1, Diversity = 1 });
        var patients = varied
            .GroupBy(p => p.Patient)
            .Select(g => g.Select(p => p.Options).Distinct().Single())
            .ToArray();
        Assert.Equal(
            PhantomCohort.Describe(plain).Select(p => (p.Name, p.Label, p.Seed)),
            varied.Select(p => (p.Name, p.Label, p.Seed))
        );
        Assert.True(patients.Max(p => p.NucleusRadius) > 1.3 * patients.Min(p => p.NucleusRadius));
        // In both classes there are patients whose stroma looks like either class.
        Assert.Equal(4, patients.Select(p => (p.Pattern, p.StrayPattern)).Distinct().Count());

        var (calm, strewn) = (plain.Patch, plain.Patch with { StrayCover = 0.3 });
        using var before = Painted(calm);
        using var after = Painted(strewn);
        Assert.Equal(before.Mask, after.Mask);
        for (var i = 0; i < before.Regions.Length; i++)
            if (Far(before.Regions, calm.Size, i))
                Assert.Equal(before.Image.Pixels[3 * i], after.Image.Pixels[3 * i]);
        Assert.True(Dark(after) > Dark(before) * 1.1);
        // A nucleus at the stroma's edge reaches a few pixels beyond it.
        static bool Far(TissueKind[] kinds, int size, int at)
        {
            for (var y = Math.Max(0, at / size - 6); y <= Math.Min(size - 1, at / size + 6); y++)
            for (var x = Math.Max(0, at % size - 6); x <= Math.Min(size - 1, at % size + 6); x++)
                if (kinds[y * size + x] == TissueKind.Stroma)
                    return false;
            return true;
        }
        static PhantomPatch Painted(PatchPhantomOptions options) => PatchPhantom.Paint(options, 3);
        static int Dark(PhantomPatch patch) =>
            Enumerable.Range(0, patch.Regions.Length).Count(i => patch.Image.Pixels[3 * i] < 130);
    }

    [Theory]
    [InlineData(3, 8, 20, "Patients is 3; of each class half needs an even number")]
    [InlineData(16, 0, 20, "LeastPatches is 0")]
    [InlineData(16, 8, 7, "MostPatches is 7; it goes from 8")]
    public void Options_out_of_range_are_refused(int patients, int least, int most, string message)
    {
        var options = new PhantomCohortOptions
        {
            Patients = patients,
            LeastPatches = least,
            MostPatches = most,
        };
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => PhantomCohort.Describe(options)).Message);
    }

    private static (double[] ByChannel, double[] Joint) Histograms(PhantomCohortPatch patch)
    {
        using var painted = PatchPhantom.Paint(patch.Options, patch.Seed);
        var (byChannel, joint) = (new double[3 * 32], new double[512]);
        var pixels = painted.Image.Pixels;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            for (var c = 0; c < 3; c++)
                byChannel[(32 * c) + (pixels[i + c] >> 3)]++;
            joint[((pixels[i] >> 5) << 6) + ((pixels[i + 1] >> 5) << 3) + (pixels[i + 2] >> 5)]++;
        }
        return (byChannel, joint);
    }

    /// <summary>Accuracy of giving each patch the label of the nearest patch, by L1, of any other patient.</summary>
    private static double NearestNeighbor(IReadOnlyList<PhantomCohortPatch> patches, double[][] features)
    {
        var right = 0;
        for (var i = 0; i < patches.Count; i++)
        {
            var (best, nearest) = (double.MaxValue, -1);
            for (var j = 0; j < patches.Count; j++)
            {
                if (patches[j].Patient == patches[i].Patient)
                    continue;
                double distance = 0;
                for (var k = 0; k < features[i].Length; k++)
                    distance += Math.Abs(features[i][k] - features[j][k]);
                if (distance < best)
                    (best, nearest) = (distance, j);
            }
            if (patches[nearest].Label == patches[i].Label)
                right++;
        }
        return right / (double)patches.Count;
    }
}
