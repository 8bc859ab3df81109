using Coverslip.App.Commands;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>Nothing of the user's is written over, and two calls do not mix in one folder.</summary>
[Collection("console")]
public sealed class FolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_folder_has_one_process_and_is_as_before_when_that_ends()
    {
        using (FolderClaim.Take(At("run"), "mask"))
        {
            var error = Assert.Throws<IOException>(() => FolderClaim.Take(At("run"), "mask"));
            Assert.StartsWith($"{At("run")}: another process is at it", error.Message);
        }
        Assert.False(Directory.Exists(At("run")));
        using var next = FolderClaim.Take(At("run"), "mask");
    }

    [Fact]
    public void Parts_are_trained_at_the_same_time_and_none_beside_the_whole()
    {
        using (FolderClaim.Take(At("run"), "train-1", "train"))
        {
            using var other = FolderClaim.Take(At("run"), "train-2", "train");
            Assert.Throws<IOException>(() => FolderClaim.Take(At("run"), "train-1", "train"));
            Assert.Throws<IOException>(() => FolderClaim.Take(At("run"), "train"));
        }
        using (FolderClaim.Take(At("run"), "train"))
            Assert.Throws<IOException>(() => FolderClaim.Take(At("run"), "train-1", "train"));
        Assert.False(Directory.Exists(At("run")));
    }

    [Fact]
    public void Masks_of_a_cohort_are_not_replaced_by_computed_ones()
    {
        foreach (var name in (string[])["a", "b"])
        {
            Write(At($"{name}.png"), 3, name[0]);
            Write(At($"masks/{name}.png"), 1, 255);
        }
        File.WriteAllText(At("cohort.csv"), "image,label,patient,mask\na.png,x,p,masks/a.png\nb.png,y,q,masks/b.png\n");
        var before = File.ReadAllBytes(At("masks/a.png"));
        var (_, errors) = VerbCall.Run(1, "mask", "--cohort", At("cohort.csv"), "--out", folder);
        Assert.Contains($"{At("masks/a.png")} is a mask of {At("cohort.csv")} and would be overwritten", errors);
        Assert.Equal(before, File.ReadAllBytes(At("masks/a.png")));
    }

    [Fact]
    public void A_cohort_is_not_painted_over()
    {
        File.WriteAllText(At("cohort.csv"), "mine");
        foreach (
            var verb in (string[][])
                [
                    ["phantoms"],
                    ["radiographs"],
                    ["slide", "phantoms"],
                ]
        )
            Assert.Contains("cohort.csv is there already", VerbCall.Run(1, [.. verb, "--out", folder]).Errors);
        Assert.Equal("mine", File.ReadAllText(At("cohort.csv")));
    }

    [Fact]
    public void No_verb_writes_over_what_it_was_given()
    {
        Write(At("a.png"), 3, 90);
        File.CreateSymbolicLink(At("linked.png"), At("a.png"));
        const string Outline = """[{"type":"Polygon","coordinates":[[[1,1],[30,1],[30,30],[1,1]]]}]""";
        File.WriteAllText(At("a.geojson"), Outline);
        string[][] calls =
        [
            ["annotations", "convert", At("a.geojson"), "--to", "asap", "--out", At("a.geojson")],
            [
                "annotations",
                "mask",
                At("a.geojson"),
                "--image",
                At("a.png"),
                "--tumor-classes",
                "",
                "--out",
                At("a.png"),
            ],
            ["annotations", "mask", At("a.geojson"), "--image", At("linked.png"), "--out", At("a.png")],
            ["stain", "fit", At("a.png"), "--method", "reinhard", "--out", At("a.png")],
            ["recipe", "schema", "--out", At("a.png")],
        ];
        var before = File.ReadAllBytes(At("a.png"));
        foreach (var call in calls)
            Assert.NotEqual("", VerbCall.Run(call.Contains("") ? 2 : 1, call).Errors);
        Assert.Contains("what <in> of this call names and would be overwritten", VerbCall.Run(1, calls[0]).Errors);
        Assert.Equal(before, File.ReadAllBytes(At("a.png")));
        Assert.Equal(Outline, File.ReadAllText(At("a.geojson")));
    }

    [Fact]
    public void Control_sequences_of_a_file_do_not_reach_the_terminal()
    {
        File.WriteAllText(At("cohort.csv"), "image,label,patient\nnone\u001b]0;x\u0007.png,a,p\n");
        var (output, errors) = VerbCall.Run(1, "cohort", "check", At("cohort.csv"));
        Assert.DoesNotContain('\u001b', output + errors);
        Assert.Contains("none\u241b]0;x\u2407.png", output + errors);
    }

    private static void Write(string path, int channels, int value)
    {
        using var image = new Image(48, 48, channels);
        image.WritablePixels.Fill((byte)value);
        ImageFile.Write(path, image);
    }

    private string At(string name) => Path.Combine(folder, name);
}
