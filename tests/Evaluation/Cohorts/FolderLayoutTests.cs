using Coverslip.Evaluation.Cohorts;
using Coverslip.Tests;

namespace Coverslip.Evaluation.Tests.Cohorts;

public sealed class FolderLayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("SOB_M_DC-14-2523-400-002.png", "malignant", "DC", "2523", "400", "2523")]
    [InlineData("SOB_B_A-14-22549AB-40-001.png", "benign", "A", "22549AB", "40", "22549")]
    [InlineData("SOB_B_PT-14-29315EF-100-013", "benign", "PT", "29315EF", "100", "29315")]
    public void Reads_BreakHis_names(
        string file,
        string label,
        string subtype,
        string slide,
        string magnification,
        string patient
    )
    {
        var name = BreakHisName.Parse(file);
        Assert.NotNull(name);
        Assert.Equal(
            (label, subtype, slide, magnification, patient),
            (name.Label, name.Subtype, name.Slide, name.Magnification, name.CautiousPatient)
        );
    }

    [Theory]
    [InlineData("image.png")]
    [InlineData("SOB_X_DC-14-2523-400-002.png")]
    [InlineData("SOB_M_DC-14-2523-400.png")]
    public void Other_names_are_none_of_BreakHis(string file) => Assert.Null(BreakHisName.Parse(file));

    [Fact]
    public void Slides_that_differ_in_letters_are_one_patient_unless_letters_are_kept()
    {
        folder.Write("x/SOB_B_A-14-22549AB-40-001.png", "1");
        folder.Write("SOB_B_A-14-22549CD-40-001.png", "2");
        Assert.Equal(
            ["22549", "22549"],
            FolderLayout.BreakHis(folder.Path, folder.Path, false).Rows.Select(r => r.Patient)
        );
        var kept = FolderLayout.BreakHis(folder.Path, folder.Path, true).Rows;
        Assert.Equal(["22549CD", "22549AB"], kept.Select(r => r.Patient));
        Assert.Equal("x/SOB_B_A-14-22549AB-40-001.png", kept[1].Image);
        folder.Write("holiday.jpg", "3");
        var error = Assert.Throws<InvalidDataException>(() => FolderLayout.BreakHis(folder.Path, folder.Path, false));
        Assert.Contains("holiday.jpg", error.Message);
    }

    [Fact]
    public void BreakHis_as_distributed_is_counted_by_magnification_and_class()
    {
        using var breakhis = new BreakHisFolder();
        var rows = FolderLayout.BreakHis(breakhis.Path, breakhis.Path, true, "100").Rows;
        Assert.All(rows, r => Assert.Equal("100", r.Further[3]));
        Assert.Equal(Enumerable.Range(2, 8), rows.Select(r => r.Number));
        Assert.Equal(7, rows.Select(r => r.Patient).Distinct().Count());
        var names = rows.Select(r => BreakHisName.Parse(r.Image)!).ToList();
        Assert.Equal(
            [new BreakHisCount("100", "benign", 4, 644), new BreakHisCount("100", "malignant", 4, 1437)],
            BreakHisCounts.Of(names, "100")
        );
        Assert.Equal(8, BreakHisCounts.Of(names).Count);
        Assert.Equal(
            new BreakHisCount("50", "benign", 1, 0),
            BreakHisCounts.Of([new BreakHisName("benign", "A", "14", "1", "50", "1")])[^1]
        );
        File.Delete(breakhis.Fold(1, _ => true));
        foreach (var file in Directory.GetFiles(breakhis.Path, "*-400-001.png", SearchOption.AllDirectories))
            File.Delete(file);
        Assert.Contains(
            "none of 24 images has magnification 400",
            Assert
                .Throws<InvalidDataException>(() => FolderLayout.BreakHis(breakhis.Path, breakhis.Path, true, "400"))
                .Message
        );
    }

    [Fact]
    public void BreakHis_has_the_published_counts()
    {
        var counts = BreakHisCounts.Of([]);
        int Of(string label, string magnification) =>
            counts.Single(c => c.Label == label && c.Magnification == magnification).Published;
        Assert.Equal(7909, BreakHisCounts.Of([]).Sum(c => c.Published));
        Assert.Equal(2480, counts.Where(c => c.Label == "benign").Sum(c => c.Published));
        Assert.Equal(5429, counts.Where(c => c.Label == "malignant").Sum(c => c.Published));
        int[] totals = [1995, 2081, 2013, 1820];
        Assert.Equal(totals, BreakHisCounts.Magnifications.Select(m => Of("benign", m) + Of("malignant", m)));
        Assert.Equal(625, Of("benign", "40"));
    }

    [Fact]
    public void The_patient_is_the_second_level_or_in_the_pattern()
    {
        folder.Write("normal/p1/1.png", "1");
        folder.Write("tumor/p2/2.TIF", "2");
        folder.Write("tumor/notes.txt", "3");
        var levels = FolderLayout.Folders(folder.Path, Path.Combine(folder.Path, "lists"));
        Assert.Equal(
            [("../normal/p1/1.png", "normal", "p1"), ("../tumor/p2/2.TIF", "tumor", "p2")],
            levels.Rows.Select(r => (r.Image, r.Label, r.Patient))
        );
        Assert.Equal(["tumor/notes.txt"], levels.OtherFiles);
        var named = FolderLayout.Folders(folder.Path, folder.Path, By(@"(normal|tumor)/p(?<patient>\d)"));
        Assert.Equal(["1", "2"], named.Rows.Select(r => r.Patient));
        var first = FolderLayout.Folders(folder.Path, folder.Path, By(@"p(\d)"));
        Assert.Equal(["1", "2"], first.Rows.Select(r => r.Patient));
    }

    [Fact]
    public void Leftovers_of_systems_and_outputs_of_the_program_are_no_classes()
    {
        string[] hidden = ["__MACOSX/a/p1/1.png", "a/p1/._1.png", "a/p1/.ipynb_checkpoints/1.png", "b/p2/Thumbs.db"];
        string[] own = ["masks/a/p1/1.png", "b/overlays/2.png", "labels/a/p1/1.png", "runs/one/part-1/examples/1.png"];
        foreach (var name in hidden.Concat(own))
            folder.Write(name, name);
        folder.Write("masks.csv", "");
        folder.Write("runs/one/recipe.yaml", "");
        folder.Write("a/p1/1.png", "1");
        folder.Write("b/p2/2.png", "2");
        var found = FolderLayout.Folders(folder.Path, folder.Path);
        Assert.Equal(["a/p1/1.png", "b/p2/2.png"], found.Rows.Select(r => r.Image));
        Assert.Equal(hidden.Order(StringComparer.Ordinal), found.HiddenFiles);
        Assert.Equal(own.Append("runs/one/recipe.yaml").Order(StringComparer.Ordinal), found.OwnOutputs);
        Assert.Equal(["masks.csv"], found.OtherFiles);
    }

    [Fact]
    public void A_class_may_be_called_labels_where_no_output_stands_beside_it()
    {
        folder.Write("labels/p1/1.png", "1");
        Assert.Equal("labels", Assert.Single(FolderLayout.Folders(folder.Path, folder.Path).Rows).Label);
    }

    [Fact]
    public void What_names_no_patient_is_refused()
    {
        folder.Write("normal/1.png", "1");
        string Message(string? pattern) =>
            Assert.ThrowsAny<Exception>(() => FolderLayout.Folders(folder.Path, folder.Path, By(pattern))).Message;
        Assert.Contains("with --patient-pattern", Message(null));
        Assert.Contains("has no group", Message("normal"));
        Assert.Contains("finds none", Message(@"p(\d)"));
        folder.Write("loose.png", "2");
        Assert.Contains("loose.png lies in", Message(null));
    }

    [Fact]
    public void A_folder_without_images_says_what_it_looked_for()
    {
        folder.Write("a/b/readme.md", "");
        var error = Assert.Throws<InvalidDataException>(() => FolderLayout.Folders(folder.Path, folder.Path));
        Assert.Contains("no images among 1 files", error.Message);
    }

    [Fact]
    public void The_BreakHis_sample_has_33_patients_read_cautiously()
    {
        var data = TestData.Folder("breakhis");
        var rows = FolderLayout.BreakHis(data, data, keepLetters: false).Rows;
        Assert.Equal((40, 33), (rows.Count, rows.Select(r => r.Patient).Distinct().Count()));
    }

    [Fact]
    public void Patients_may_come_first_and_an_image_may_be_a_patient_where_that_is_said()
    {
        folder.Write("p1/benign/a.png", "1");
        folder.Write("p2/tumor/a.png", "2");
        var first = FolderLayout.Folders(folder.Path, folder.Path, new FolderReading { PatientFirst = true }).Rows;
        Assert.Equal([("benign", "p1"), ("tumor", "p2")], first.Select(r => (r.Label, r.Patient)));
        folder.Write("flat/benign/b.png", "3");
        folder.Write("flat/tumor/b.png", "4");
        var flat = Path.Combine(folder.Path, "flat");
        Assert.Contains("--image-is-patient", Error(flat));
        var each = FolderLayout.Folders(flat, flat, new FolderReading { ImageIsPatient = true }).Rows;
        Assert.Equal(["benign/b", "tumor/b"], each.Select(r => r.Patient));
    }

    [Fact]
    public void Sides_of_a_split_and_patients_are_no_classes()
    {
        folder.Write("sides/train/benign/1.png", "1");
        folder.Write("sides/Test/benign/2.png", "2");
        Assert.Contains("its folders are Test, train, sides of a split and no classes", Error(At("sides")));
        for (var patient = 0; patient < 12; patient++)
        {
            folder.Write($"turned/p{patient}/0/a.png", $"{patient}");
            folder.Write($"turned/p{patient}/1/a.png", $"{patient} b");
        }
        Assert.Contains("look like patients with classes in them", Error(At("turned")));
        Assert.Equal(
            24,
            FolderLayout.Folders(At("turned"), folder.Path, new FolderReading { PatientFirst = true }).Rows.Count
        );
    }

    private static FolderReading By(string? pattern) => new() { PatientPattern = pattern };

    private static string Error(string path) =>
        Assert.Throws<InvalidDataException>(() => FolderLayout.Folders(path, path)).Message;

    private string At(string name) => Path.Combine(folder.Path, name);
}
