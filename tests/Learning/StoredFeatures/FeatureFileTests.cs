using Coverslip.Files;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Tests;

namespace Coverslip.Learning.Tests.StoredFeatures;

/// <summary>Feature files as h5py and NumPy write them (fixtures/write.py), and as other programs read ours.</summary>
public sealed class FeatureFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-features-").FullName;

    /// <summary>As in fixtures/write.py.</summary>
    private static readonly Half[] Values = [.. Enumerable.Range(0, 12).Select(i => (Half)(i / 8f - 0.5f))];
    private static readonly double[] Places = [0, 0, 512, 0, 0, 512, 1024, 2048];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Features_of_TRIDENT_CLAM_and_STAMP_are_read()
    {
        var trident = Read("trident.h5", "trident");
        Assert.Equal(Places, trident.Places);
        Assert.Equal("slide-7", trident.Name);
        Assert.Equal(
            new PatchFacts
            {
                Encoder = "uni_v1",
                Side = 256,
                Level0Side = 512,
                Mpp = 0.5,
                Level0Mpp = 0.25,
                Level0Size = (4096, 3072),
            },
            trident.Facts
        );
        var clam = Read("clam.h5", "clam");
        Assert.Equal(Places, clam.Places);
        Assert.Equal(new PatchFacts(), clam.Facts);
        var stamp = Read("stamp.h5", "stamp");
        Assert.True(stamp.InMicrons);
        Assert.Equal(Places.Select(p => p / 4), stamp.Places);
        Assert.Equal(("uni2-0a1b2c3d", 224), (stamp.Facts.Encoder, stamp.Facts.Side));
        Assert.Equal(256.0 / 224, stamp.Facts.Mpp);
    }

    [Theory]
    [InlineData("trident")]
    [InlineData("clam")]
    [InlineData("stamp")]
    [InlineData("npz")]
    public void What_is_written_is_read_and_says_what_it_is_of(string format)
    {
        var layout = FeatureFile.Layout(format);
        var path = Path.Combine(folder, $"a{layout.Extension}");
        var made = Read("trident.h5", "trident") with
        {
            Name = "a",
            Facts = new PatchFacts
            {
                Encoder = "uni 0123 blocks.23 224x224",
                Side = 256,
                Level0Side = 512,
                Mpp = 0.5,
                Level0Mpp = 0.25,
                Level0Size = (4096, 3072),
                Reader = "openslide",
                Tissue = "saturation; at least 0.1 of a patch",
                View = "orientation-3",
            },
        };
        FeatureFile.Write(path, layout, made);
        var (found, read) = FeatureFile.Read(path);
        Assert.Equal(format, found.Name);
        Assert.Equal(Values, read.Values);
        Assert.Equal(Places, read.InMicrons ? read.Places.Select(p => p * 4) : read.Places);
        Assert.Equal(
            (
                made.Facts.Encoder,
                made.Facts.Mpp,
                made.Facts.Level0Mpp,
                made.Facts.Reader,
                made.Facts.Tissue,
                made.Facts.View
            ),
            (
                read.Facts.Encoder,
                read.Facts.Mpp,
                read.Facts.Level0Mpp,
                read.Facts.Reader,
                read.Facts.Tissue,
                read.Facts.View
            )
        );
        if (format is "trident" or "npz")
            Assert.Equal(made.Facts, read.Facts);
    }

    [Fact]
    public void Places_in_microns_are_no_pixels()
    {
        var stamp = Read("stamp.h5", "stamp");
        var error = Assert.Throws<InvalidDataException>(() =>
            FeatureFile.Write(Path.Combine(folder, "a.h5"), FeatureFile.Layout("clam"), stamp)
        );
        Assert.Contains("does not say how many a pixel of the slide has", error.Message);
        Assert.Empty(Directory.GetFiles(folder));
        var known = stamp with { Facts = stamp.Facts with { Level0Mpp = 0.25 } };
        FeatureFile.Write(Path.Combine(folder, "a.h5"), FeatureFile.Layout("trident"), known);
        Assert.Equal(Places, FeatureFile.Read(Path.Combine(folder, "a.h5")).Features.Places);
    }

    [Fact]
    public void Other_and_damaged_files_are_refused()
    {
        string Refused(string name) =>
            Assert.Throws<InvalidDataException>(() => FeatureFile.Read(Path.Combine(folder, name))).Message;
        File.WriteAllText(Path.Combine(folder, "text.h5"), "features");
        Assert.Contains("text.h5 holds neither HDF5 nor NPZ; expected are features and coords", Refused("text.h5"));
        var bytes = File.ReadAllBytes(Fixture("clam.h5"));
        File.WriteAllBytes(Path.Combine(folder, "cut.h5"), bytes[..(bytes.Length / 2)]);
        Assert.Contains("cut.h5 is damaged", Refused("cut.h5"));
        File.WriteAllBytes(Path.Combine(folder, "cut.npz"), File.ReadAllBytes(Fixture("numpy.npz"))[..300]);
        Assert.Contains("cut.npz is no NPZ file, or a cut one", Refused("cut.npz"));
    }

    [Fact]
    public void Arrays_of_NumPy_are_read_and_ours_have_its_heads()
    {
        using var file = NpzReader.Open(Fixture("numpy.npz"));
        Assert.Equal(Values, file.Halves("half").Values);
        Assert.Equal((IEnumerable<long>)[4, 3], file.Halves("single").Shape);
        Assert.Equal(Values, file.Halves("single").Values);
        Assert.Equal(Places, file.Doubles("whole").Values);
        Assert.Equal(["ä", "", "slide-7 𝛼"], file.Texts("texts"));
        Assert.Contains(
            "expected are texts (U)",
            Assert.Throws<InvalidDataException>(() => file.Texts("half")).Message
        );
        Assert.Contains("by rows", Assert.Throws<InvalidDataException>(() => file.Halves("columns")).Message);

        var own = Path.Combine(folder, "own.npz");
        using (var stream = File.Create(own))
        using (var to = new NpzWriter(stream))
        {
            to.Add("half", Values, 4, 3);
            to.Add("texts", ["ä", "", "slide-7 𝛼"]);
        }
        foreach (var name in (string[])["half", "texts"])
            Assert.Equal(Bytes(Fixture("numpy.npz"), name), Bytes(own, name));
    }

    private static byte[] Bytes(string path, string name)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(path);
        using var stream = zip.GetEntry($"{name}.npy")!.Open();
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }

    private static PatchFeatures Read(string name, string layout)
    {
        var (found, features) = FeatureFile.Read(Fixture(name));
        Assert.Equal(layout, found.Name);
        Assert.Equal(Values, features.Values);
        Assert.Equal((4, 3), (features.Count, features.Numbers));
        return features;
    }

    private static string Fixture(string name) =>
        Path.Combine(TestData.Root, "tests/Learning/StoredFeatures/fixtures", name);
}
