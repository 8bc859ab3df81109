using System.Xml.Linq;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>Files that a call names: an earlier output of the same kind is replaced, anything else of the user's is not.</summary>
[Collection("console")]
public sealed class NamedOutputTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;
    private readonly string cohort;
    private readonly string image;

    public NamedOutputTests()
    {
        cohort = PhantomCohort.Write(
            At("cohort"),
            new PhantomCohortOptions
            {
                Patients = 4,
                LeastPatches = 2,
                MostPatches = 2,
                Patch = new PatchPhantomOptions { Size = 48, NucleusRadius = 2 },
            }
        );
        image = At("cohort/images/P01-01.png");
        VerbCall.Run(0, ["slide", "phantom", Slide, .. Painted, "--seed", "1"]);
        File.WriteAllText(
            At("a.geojson"),
            """
            {"type": "Feature", "properties": {"classification": {"name": "tumor"}},
             "geometry": {"type": "Polygon", "coordinates": [[[1, 1], [30, 1], [30, 30], [1, 1]]]}}
            """
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static readonly string[] Painted = ["--width", "600", "--height", "400", "--mpp", "2"];

    private string Slide => At("slide.tif");

    /// <summary>Verbs with the kind of file that they write, and two calls with other results.</summary>
    public static TheoryData<string, string> Verbs { get; } =
        new()
        {
            { "split", "split.json" },
            { "calibrate", "rules.json" },
            { "stain", "stain.json" },
            { "schema", "schema.json" },
            { "convert", "out.xml" },
            { "convert", "out.geojson" },
            { "outlines", "mask.png" },
            { "thumbnail", "small.png" },
            { "thumbnail", "small.jpg" },
            { "region", "region.png" },
            { "phantom", "painted.tif" },
            { "patches", "index.csv" },
        };

    private string[] Call(string verb, string output, bool first)
    {
        string[] call = verb switch
        {
            "split" => ["split", "--cohort", cohort, "--kind", "kfold", "--folds", "2", "--seed", first ? "1" : "2"],
            "calibrate" => ["mask", "calibrate", "--cohort", cohort, "--steps", first ? "2" : "3", "--sample", "3"],
            "stain" => ["stain", "fit", image, "--method", first ? "macenko" : "reinhard"],
            "schema" => ["recipe", "schema", .. first ? Array.Empty<string>() : ["saganet"]],
            "convert" =>
            [
                "annotations",
                "convert",
                At("a.geojson"),
                "--to",
                output.EndsWith("xml", StringComparison.Ordinal)
                    ? first
                        ? "asap"
                        : "aperio"
                    : "geojson",
                .. first ? Array.Empty<string>() : ["--to-bounds", Slide],
            ],
            "outlines" => ["annotations", "mask", At("a.geojson"), "--slide", Slide, "--level", first ? "1" : "2"],
            "thumbnail" => ["slide", "thumbnail", Slide, "--size", first ? "64" : "32"],
            "region" =>
            [
                "slide",
                "region",
                Slide,
                "--x",
                "0",
                "--y",
                "0",
                "--mpp",
                "2",
                "--width",
                first ? "50" : "40",
            ],
            "phantom" => ["slide", "phantom", output, .. Painted, "--seed", first ? "1" : "2"],
            _ => ["patches", Slide, "--mpp", "2", "--side", first ? "64" : "32"],
        };
        return verb == "phantom" ? call : [.. call, "--out", output];
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_file_of_the_users_stays_and_an_earlier_output_is_replaced(string verb, string name)
    {
        var output = At(name);
        foreach (
            var mine in (byte[][])
                [
                    [.. "PK\u0003\u0004 docx"u8],
                    [.. "{\"mine\":1}"u8],
                    [.. "name,age\n"u8],
                    Picture(),
                ]
        )
        {
            File.WriteAllBytes(output, mine);
            var told = VerbCall.Run(1, Call(verb, output, first: true)).Errors;
            Assert.Matches(
                @"error: (--out|<out>) is .*, which is there already and is .*, not .*delete that file",
                told
            );
            Assert.Equal(mine, File.ReadAllBytes(output));
        }
        File.Delete(output);
        VerbCall.Run(0, Call(verb, output, first: true));
        var before = File.ReadAllBytes(output);
        VerbCall.Run(0, Call(verb, output, first: true));
        Assert.Equal(before, File.ReadAllBytes(output));
        VerbCall.Run(0, Call(verb, output, first: false));
        if (verb != "calibrate" && name != "out.geojson") // the bounds are the corner here; thresholds may agree
            Assert.NotEqual(before, File.ReadAllBytes(output));

        // In a run's folder it is the run's.
        File.WriteAllText(At("recipe.yaml"), "method: saganet");
        VerbCall.Run(0, Call(verb, output, first: false));
        Directory.CreateDirectory(At("part-1"));
        Assert.Contains("is a file of the run", VerbCall.Run(1, Call(verb, output, first: true)).Errors);
    }

    [Fact]
    public void What_was_changed_since_is_the_users()
    {
        var (mask, outlines) = (At("mask.png"), At("out.geojson"));
        VerbCall.Run(0, Call("outlines", mask, first: true));
        using (var drawn = ImageFile.Read(mask, ImageReadOptions.Mask))
            Assert.Contains((byte)255, drawn.Pixels.ToArray());
        VerbCall.Run(0, Call("convert", outlines, first: true));
        var own = File.ReadAllText(outlines);
        Assert.Contains("Coverslip, annotations convert", own);
        foreach (var (path, verb) in new[] { (mask, "outlines"), (outlines, "convert") })
        {
            var bytes = File.ReadAllBytes(path);
            bytes[^20]++; // pixels or a coordinate
            File.WriteAllBytes(path, bytes);
            Assert.Contains("is there already", VerbCall.Run(1, Call(verb, path, first: true)).Errors);
            Assert.Equal(bytes, File.ReadAllBytes(path));
        }
        // The mark goes with no conversion, and one without a mark is replaced by the same.
        File.WriteAllText(outlines, own);
        VerbCall.Run(0, "annotations", "convert", outlines, "--to", "geojson", "--out", At("again.geojson"));
        Assert.Equal(own, File.ReadAllText(At("again.geojson")));
        VerbCall.Run(0, "annotations", "convert", outlines, "--to", "asap", "--out", At("again.xml"));
        var marked = File.ReadAllText(At("again.xml"));
        File.WriteAllText(At("again.xml"), System.Text.RegularExpressions.Regex.Replace(marked, "\n<!--.*-->", ""));
        VerbCall.Run(0, "annotations", "convert", outlines, "--to", "asap", "--out", At("again.xml"));
        Assert.Equal(marked, File.ReadAllText(At("again.xml")));
        Assert.Single(XDocument.Load(At("again.xml")).Nodes().OfType<XComment>());
    }

    [Fact]
    public void What_is_written_beside_a_named_file_replaces_nothing_else_either()
    {
        File.WriteAllText(At("painted.xml"), "<mine/>");
        string[] phantom = ["slide", "phantom", At("painted.tif"), "--width", "3000", "--height", "3000", "--mpp", "1"];
        Assert.Contains("painted.xml, which is there", VerbCall.Run(1, [.. phantom, "--lesions", "itc"]).Errors);
        Assert.False(File.Exists(At("painted.tif")));
        File.WriteAllText(At("index.filters.csv"), "mine");
        var told = VerbCall.Run(1, Call("patches", At("index.csv"), first: true)).Errors;
        Assert.Contains("index.filters.csv, which is there already and is text that begins with 'mine'", told);
        Assert.False(File.Exists(At("index.csv")));
        Assert.Equal(
            ("<mine/>", "mine"),
            (File.ReadAllText(At("painted.xml")), File.ReadAllText(At("index.filters.csv")))
        );
    }

    private static byte[] Picture()
    {
        using var picture = new Image(8, 8);
        return ImageFile.Encode(picture, ".png");
    }

    private string At(string name) => Path.Combine(folder, name);
}
