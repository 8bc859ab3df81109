using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>From slides to an index of patches, as a user calls the verbs.</summary>
[Collection("console")]
public sealed class PatchVerbsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public PatchVerbsTests() =>
        VerbCall.Run(0, "slide", "phantom", At("a.tif"), "--width", "3000", "--height", "2000", "--seed", "4");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Tissue_is_found_once_and_a_slide_that_fails_stops_no_other()
    {
        File.WriteAllText(At("broken.svs"), "no slide");
        string[] options = ["--out", At("out"), "--mpp", "2", "--min-area", "0.001", "--channel", "green"];
        string[] tissue = ["tissue", At("broken.svs"), At("a.tif"), .. options];
        var (output, errors) = VerbCall.Run(1, tissue);
        Assert.Contains("1 of 2 slides, 0 of them finished before", output);
        Assert.Contains($"failed: {At("broken.svs")}: no reader takes it", errors);
        foreach (var kind in new[] { "mask.png", "overlay.png", "geojson", "tissue.json" })
            Assert.True(File.Exists(At($"out/a.{kind}")), kind);
        var table = File.ReadAllLines(At("out/tissue.csv"));
        Assert.Equal(
            "slide,pieces,area_mm2,share,threshold,contrast,channel,mpp,pen_mm2,fold_mm2,bubble_mm2,blur_mm2,sharpness,reason",
            table[0]
        );
        Assert.Contains("failed: no reader takes it", table[1]);
        var share = double.Parse(table[2].Split(',')[3], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(share, 0.15, 0.45);

        var written = File.GetLastWriteTimeUtc(At("out/a.mask.png"));
        Assert.Contains("1 of them finished before", VerbCall.Run(1, tissue).Output);
        Assert.Equal(written, File.GetLastWriteTimeUtc(At("out/a.mask.png")));
        var other = VerbCall.Run(0, "tissue", At("a.tif"), "--out", At("out")).Output;
        Assert.Contains("0 of them finished before", other);
        Assert.Contains($"{At("a.tif")}: done again: tissue.channel was Green, is Saturation; ", other);
        Assert.Equal(3, File.ReadAllLines(At("out/tissue.csv")).Length);
    }

    [Fact]
    public void Tissue_of_another_slide_of_the_name_is_neither_replaced_nor_taken()
    {
        VerbCall.Run(0, "tissue", At("a.tif"), "--out", At("tissue"));
        VerbCall.Run(0, "slide", "phantom", At("b/a.tif"), "--width", "3000", "--height", "2000", "--seed", "5");
        var errors = VerbCall.Run(1, "tissue", At("b/a.tif"), "--out", At("tissue")).Errors;
        Assert.Contains($"is of {At("a.tif")}, and {At("b/a.tif")}, which is another file", errors);
        errors = VerbCall
            .Run(1, "patches", At("b/a.tif"), "--out", At("i.csv"), "--tissue", At("tissue"), "--random", "3")
            .Errors;
        Assert.Matches("slide.contents was [0-9a-f]{64}, is [0-9a-f]{64}; 'coverslip tissue ", errors);
    }

    [Fact]
    public void Patches_cut_into_files_are_the_pixels_that_the_index_would_read()
    {
        string[] chosen = ["--min-tissue", "0", "--keep-unlabeled", "--random", "4", "--side", "96", "--mpp", "0.5"];
        VerbCall.Run(0, ["patches", At("a.tif"), "--out", At("index.csv"), .. chosen]);
        var said = VerbCall.Run(0, ["patches", At("a.tif"), "--out", At("cut.csv"), "--write", At("cut"), .. chosen]);
        Assert.Contains("cut 4 patches into", said.Output);
        var (places, files) = (CsvTable.Read(At("index.csv")).Rows, CsvTable.Read(At("cut.csv")).Rows);
        foreach (var (place, file) in places.Zip(files))
        {
            Assert.StartsWith("cut/a/", file.Fields[0], StringComparison.Ordinal);
            Assert.Equal(place.Fields.Skip(1), file.Fields.Skip(1));
            using var read = PatchImage.ReadOne(At(place.Fields[0]));
            using var cut = ImageFile.Read(At(file.Fields[0]));
            Assert.True(read.Pixels.SequenceEqual(cut.Pixels), file.Fields[0]);
        }
    }

    [Fact]
    public void Patches_are_chosen_and_every_filter_says_what_it_removed()
    {
        VerbCall.Run(0, "tissue", At("a.tif"), "--out", At("tissue"), "--mpp", "2", "--min-area", "0.01");
        var square = new Ring([new(0, 0), new(1500, 0), new(1500, 2000), new(0, 2000)]);
        var tumor = new Annotation { Class = "Tumor", Polygons = [new RingPolygon(square)] };
        AnnotationFile.Write(
            At("xml/a.xml"),
            new AnnotationSet { Format = AnnotationFormat.Asap, Annotations = [tumor] },
            AnnotationFormat.Asap
        );
        string[] patches = ["patches", At("a.tif"), "--annotations", At("xml"), "--tissue", At("tissue")];
        var said = VerbCall.Run(
            0,
            [.. patches, "--out", At("index.csv"), "--rule", "liu", "--side", "128", "--mpp", "0.25"]
        );
        Assert.Contains($"{24 * 16} places: {(24 * 16) - (23 * 15)} beyond the border", said.Output);
        var index = Cohort.Load(At("index.csv"));
        var found = index.Rows;
        Assert.Contains($"{found.Count} kept", said.Output);
        Assert.Contains("note: each slide is taken for a patient's of its own", said.Output);
        Assert.All(found, p => Assert.Equal("a", p.Patient));
        var places = found.Select(p => SlidePlace.Of(p.Image)!).ToArray();
        Assert.All(places, p => Assert.Equal(("a.tif", 128, 0.25), (p.File, p.Side, p.Mpp)));
        Assert.All(found.Zip(places), p => Assert.Equal(p.Second.X < 1500 ? "tumor" : "normal", p.First.Label));
        Assert.All(found, p => Assert.InRange(Number(index.Further(p, "tissue")!), 0.1, 1));
        Assert.Contains(found, p => p.Label == "tumor");
        var filters = File.ReadAllLines(At("index.filters.csv"));
        Assert.Equal("slide,places,border,repeated,tissue,unlabeled,kept,reason", filters[0]);
        Assert.EndsWith($",{found.Count},", filters[1]);

        VerbCall.Run(0, [.. patches, "--out", At("random.csv"), "--random", "30", "--seed", "1", "--side", "64"]);
        Assert.Equal(31, File.ReadAllLines(At("random.csv")).Length);
    }

    [Fact]
    public void A_slide_without_annotations_fails_unless_it_is_said_to_be_normal()
    {
        Directory.CreateDirectory(At("xml"));
        string[] patches = ["patches", At("a.tif"), "--out", At("index.csv"), "--annotations", At("xml")];
        string[] rule = ["--rule", "takahama", "--min-tissue", "0", "--side", "200", "--mpp", "0.5"];
        Assert.Contains(
            "--unannotated-normal takes such slides as normal",
            VerbCall.Run(1, [.. patches, .. rule]).Errors
        );
        VerbCall.Run(0, [.. patches, .. rule, "--unannotated-normal"]);
        var found = Cohort.Load(At("index.csv"));
        Assert.Equal(7 * 5, found.Rows.Count);
        Assert.All(found.Rows, p => Assert.Equal(("normal", "1"), (p.Label, found.Further(p, "normal"))));
    }

    [Theory]
    [InlineData("a.GEOJSON", "Tumor", 0, "class 'Tumor': tumor; 1 outlines on 1 slides")]
    [InlineData("A.geojson", "Tumor", 0, "class 'Tumor': tumor; 1 outlines on 1 slides")]
    [InlineData("a.geojson", "Ignore*", 1, "annotates no tumor; its classes: 'Ignore*' (1)")]
    [InlineData("a.geojson", "Stroma", 1, "annotates no tumor; its classes: 'Stroma' (1)")]
    [InlineData("a.geojson", "Tumor", 1, "no class 'Tumour', is 'Tumor' meant?", "--tumour", "Tumour")]
    [InlineData(
        "b.geojson",
        "Tumor",
        0,
        "without annotations and taken as normal all over: 1: ",
        "--unannotated-normal"
    )]
    [InlineData("b.geojson", "Tumor", 0, "that belong to none of the slides: 1: b.geojson", "--unannotated-normal")]
    [InlineData("b.geojson", "Tumor", 1, "(nearest is b.geojson, of no slide)")]
    public void Nothing_is_joined_or_left_out_in_silence(
        string file,
        string name,
        int code,
        string said,
        params string[] further
    )
    {
        Draw(file, name, 0);
        var (output, errors) = Patches(code, further);
        Assert.Contains(said, output + errors);
        if (code == 0)
            Assert.Contains(
                further.Length == 0 ? "Tumor,1,3000000,tumor" : ",,,,normal all over",
                File.ReadAllText(At("index.annotations.csv"))
            );
    }

    [Fact]
    public void Two_files_of_a_slide_and_outlines_beyond_it_are_refused()
    {
        Draw("a.geojson", "Tumor", 0);
        File.WriteAllText(At("xml/a.xml"), "<ASAP_Annotations><Annotations/><AnnotationGroups/></ASAP_Annotations>");
        Assert.Contains("a.geojson and a.xml may both be of", Patches(1).Errors);
        File.Delete(At("xml/a.geojson"));
        Assert.Contains("Asap without an outline of an area", Patches(1).Errors);
        File.Delete(At("xml/a.xml"));
        Draw("a.geojson", "Tumor", 100_000);
        Assert.Contains("an outline lies at (100000, 0) to (101500, 2000), outside of", Patches(1).Errors);
    }

    private (string Output, string Errors) Patches(int code, params string[] further) =>
        VerbCall.Run(
            code,
            [
                "patches",
                At("a.tif"),
                "--annotations",
                At("xml"),
                .. "--rule liu --side 128 --mpp 0.25 --min-tissue 0".Split(' '),
                "--out",
                At("index.csv"),
                .. further,
            ]
        );

    private void Draw(string file, string name, double left)
    {
        var ring = new Ring([new(left, 0), new(left + 1500, 0), new(left + 1500, 2000), new(left, 2000)]);
        AnnotationFile.Write(
            At($"xml/{file}"),
            new AnnotationSet
            {
                Format = AnnotationFormat.GeoJson,
                Annotations = [new Annotation { Class = name, Polygons = [new RingPolygon(ring)] }],
            },
            AnnotationFormat.GeoJson
        );
    }

    [Fact]
    public void Annotations_of_an_image_become_its_mask()
    {
        Annotation Square(string name, double at) =>
            new()
            {
                Class = name,
                Polygons = [new RingPolygon(new Ring([new(at, 2), new(at + 3, 2), new(at + 3, 6), new(at, 6)]))],
            };
        AnnotationFile.Write(
            At("field.xml"),
            new AnnotationSet
            {
                Format = AnnotationFormat.Aperio,
                Annotations = [Square("gland", 1), Square("fold", 5)],
            },
            AnnotationFormat.Aperio
        );
        using (var field = new Image(10, 8))
            ImageFile.Write(At("field.png"), field);
        string[] call = ["annotations", "mask", At("field.xml"), "--image", At("field.png"), "--out", At("mask.png")];
        Assert.Contains("annotates no tumor; its classes: 'gland' (1), 'fold' (1)", VerbCall.Run(1, call).Errors);
        var both = VerbCall.Run(0, [.. call, "--tumor-classes", "gland", "fold"]).Output;
        Assert.Contains("10 × 8, 30.0 % inside", both);
        Assert.Contains("class 'gland': tumor; 1 outlines on 1 slides, 12 px²", both);
        call[2] = folder;
        Assert.Contains("10 × 8, 15.0 % inside", VerbCall.Run(0, [.. call, "--classes", "gland"]).Output);
        call[2] = At("field.xml");
        using var mask = ImageFile.Read(At("mask.png"), ImageReadOptions.AsStored);
        Assert.Equal(1, mask.Channels);
        for (var y = 0; y < 8; y++)
        for (var x = 0; x < 10; x++)
            Assert.Equal(x is >= 1 and < 4 && y is >= 2 and < 6 ? 255 : 0, mask.Pixels[(y * mask.Stride) + x]);
        Assert.Contains(
            "no class 'nucleus'; there are 'fold', 'gland'",
            VerbCall.Run(1, [.. call, "--classes", "nucleus"]).Errors
        );
        call[4] = At("a.tif");
        Assert.Contains("is a slide", VerbCall.Run(1, call).Errors);
    }

    [Theory]
    [InlineData(2, "outlines end up to 2 pixels outside of")]
    [InlineData(5, null)]
    public void An_outline_that_ends_a_little_outside_of_its_image_is_clipped(int outside, string? told)
    {
        var ring = new Ring([new(6, 2), new(10 + outside, 2), new(10 + outside, 6), new(6, 6)]);
        AnnotationFile.Write(
            At("edge.geojson"),
            new AnnotationSet
            {
                Format = AnnotationFormat.GeoJson,
                Annotations = [new Annotation { Class = "Tumor", Polygons = [new RingPolygon(ring)] }],
            },
            AnnotationFormat.GeoJson
        );
        using (var field = new Image(10, 8))
            ImageFile.Write(At("edge.png"), field);
        var ran = VerbCall.Run(
            told is null ? 1 : 0,
            ["annotations", "mask", At("edge.geojson"), "--image", At("edge.png"), "--out", At("edge-mask.png")]
        );
        Assert.Contains(told ?? "(up to 4 pixels outside are clipped)", ran.Output + ran.Errors);
        if (told is not null)
            Assert.Contains("10 × 8, 20.0 % inside", ran.Output);
    }

    [Fact]
    public void Annotations_are_described_and_converted()
    {
        var (outer, hole) = (
            new Ring([new(0, 0), new(9, 0), new(9, 9.5), new(0, 9.5)]),
            new Ring([new(1, 1), new(2, 1), new(2, 2)])
        );
        var drawn = new Annotation { Class = "Tumor", Polygons = [new RingPolygon(outer, [hole])] };
        AnnotationFile.Write(
            At("a.geojson"),
            new AnnotationSet { Format = AnnotationFormat.GeoJson, Annotations = [drawn] },
            AnnotationFormat.GeoJson
        );
        Assert.Contains(
            "class 'Tumor': 1 annotations, 85 px²",
            VerbCall.Run(0, "annotations", "info", At("a.geojson")).Output
        );
        foreach (var format in new[] { "asap", "aperio", "geojson" })
        {
            VerbCall.Run(
                0,
                "annotations",
                "convert",
                At("a.geojson"),
                "--to",
                format,
                "--out",
                At("b"),
                "--from-bounds",
                At("a.tif")
            );
            Assert.Contains("85 px²", VerbCall.Run(0, "annotations", "info", At("b")).Output);
        }
        Assert.Equal([drawn.Polygons[0]], AnnotationFile.Read(At("b")).Annotations[0].Polygons);
    }

    [Theory]
    [InlineData(2, "tissue")]
    [InlineData(2, "tissue", "a.svs", "--out", "x", "--slide-mpp", "0")]
    [InlineData(1, "tissue", "a.svs", "b/a.tif", "--out", "x")]
    [InlineData(1, "tissue", "a.svs", "--out", "x", "--threshold", "255")]
    [InlineData(2, "annotations", "convert", "a.xml", "--to", "svg", "--out", "x")]
    [InlineData(1, "annotations", "info", "nowhere.xml")]
    [InlineData(2, "patches", "a.svs", "--out", "x.csv", "--rule", "liu")]
    [InlineData(2, "patches", "a.svs", "--out", "x.csv", "--grid", "--random", "5")]
    [InlineData(1, "patches", "a.svs", "--out", "x.csv", "--side", "4")]
    public void Wrong_usage_is_2_and_failure_is_1(int code, params string[] args) => VerbCall.Run(code, args);

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private string At(string name) => Path.Combine(folder, name);
}
