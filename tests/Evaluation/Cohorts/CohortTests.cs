using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Tests;

namespace Coverslip.Evaluation.Tests.Cohorts;

public sealed class CohortTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Reads_rows_columns_and_figures()
    {
        Images("a.png", "b.png", "c d.png");
        var cohort = Cohort.Load(
            Csv(
                "\uFEFFimage, label,patient,mask,grade",
                "a.png,y,2,,1",
                "\"c d.png\",x,10,b.png,\"2, 3\"",
                "",
                "b.png,x,2,,1"
            )
        );
        Assert.Equal(["x", "y"], cohort.Classes);
        Assert.Equal(["10", "2"], cohort.PatientImages.Select(p => p.Patient));
        Assert.Equal([1, 1], cohort.PatientImages[1].PerClass);
        Assert.Equal(["grade"], cohort.FurtherColumns);
        Assert.Equal(["2, 3"], cohort.Rows[1].Further);
        Assert.Equal("b.png", cohort.Rows[1].Mask);
        Assert.Null(cohort.Rows[0].Mask);
        Assert.Equal([2, 3, 5], cohort.Rows.Select(r => r.Number));
        var summary = cohort.Summarize();
        Assert.Equal((3, 2, 1), (summary.Images, summary.Patients, summary.PatientsWithSeveralClasses));
        Assert.Equal([new ClassCount("x", 2, 2), new ClassCount("y", 1, 1)], summary.Classes);
    }

    [Theory]
    [InlineData("a.png", "in/a.png")]
    [InlineData("./a.png", "in/a.png")]
    [InlineData("sub//../a.png", "in/a.png")]
    [InlineData("sub/./.././a.png", "in/a.png")]
    [InlineData("<folder>/in/a.png", "in/a.png")]
    [InlineData("<folder>/in/sub/../a.png", "in/a.png")]
    [InlineData(".hidden.png", "in/.hidden.png")]
    [InlineData("../beside.png", "beside.png")]
    public void However_a_file_is_named_it_is_found_and_not_written_over(string name, string file)
    {
        var full = folder.Write(file, "the user's");
        name = name.Replace("<folder>", folder.Path, StringComparison.Ordinal);
        foreach (var row in (string[])[$"{name},x,1,,", $"b.png,x,1,{name},", $"b.png,x,1,,{name}"])
        {
            using var call = UserFiles.Begin();
            var table = folder.Write("in/cohort.csv", $"image,label,patient,mask,annotation\n{row}\nsub/c.png,x,1,,\n");
            var cohort = Cohort.Load(table, CohortChecks.Names);
            Assert.Equal(cohort.Rows[0].Image != "b.png", cohort.ImagePath(cohort.Rows[0]) == full);
            Assert.Equal(cohort.Rows[0].Mask is not null, cohort.MaskPath(cohort.Rows[0]) == full);
            var error = Assert.Throws<IOException>(() => WholeFile.Write(full, "ours"));
            Assert.Contains("would be overwritten", error.Message);
            WholeFile.Write(full + ".new", "ours");
        }
        Assert.Equal("the user's", File.ReadAllText(full));
    }

    [Theory]
    [InlineData("image,label", "a.png,x", "row 1: no column 'patient'")]
    [InlineData("image,label,patient", "a.png,,1", "row 2: the label of a.png is empty")]
    [InlineData("image,label,patient", "a.png,x, ", "row 2: the patient of a.png is empty")]
    [InlineData("image,label,patient", "z.png,x,1", "row 2: no image z.png")]
    [InlineData("image,label,patient,mask", "a.png,x,1,z.png", "row 2: no mask z.png")]
    [InlineData("image,label,patient", "a.png,x,1\n./a.png,x,1", "rows 2, 3: the same image")]
    [InlineData(
        "image,label,patient",
        "a.png,x,1\nb.png,x,1\ncopy.png,x,2",
        "rows 2, 4: the same picture under different patients: 1, 2"
    )]
    [InlineData(
        "image,label,patient",
        "a.png,x,1\nb.png,x,1\ncopy.png,y,1",
        "rows 2, 4: the same picture under different labels: x, y"
    )]
    public void Errors_name_the_row(string header, string rows, string message)
    {
        Images("a.png", "b.png");
        folder.Write("copy.png", "a.png");
        var error = Assert.Throws<CohortException>(() => Cohort.Load(Csv(header, rows)));
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("image,label,patient,label", "column 'label' stands twice")]
    [InlineData("image,label,patient\na.png,x", "row 2: 2 fields, the header has 3")]
    public void Files_that_are_no_tables_are_refused(string text, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => Cohort.Load(folder.Write("c.csv", text))).Message
        );

    [Fact]
    public void Further_columns_are_found_in_whatever_case()
    {
        Images("a.png");
        var cohort = Cohort.Load(Csv("image,label,patient,Annotation,MPP,mpp", "a.png,x,1,a.xml,3,0.5"));
        Assert.Equal("a.xml", cohort.Further(cohort.Rows[0], "annotation"));
        Assert.Equal("0.5", cohort.Further(cohort.Rows[0], "mpp"));
        Assert.Null(cohort.Further(cohort.Rows[0], "site"));
        var error = Assert.Throws<InvalidDataException>(() => cohort.FurtherIndex("Mpp"));
        Assert.Contains("the columns 'MPP' and 'mpp' could both be 'Mpp'", error.Message);
    }

    [Fact]
    public void The_same_picture_twice_of_one_patient_is_a_warning()
    {
        Images("a.png", "b.png");
        folder.Write("copy.png", "a.png");
        var cohort = Cohort.Load(Csv("image,label,patient", "a.png,x,1", "b.png,y,1", "copy.png,x,1"));
        Assert.Equal([2, 4], Assert.Single(cohort.Warnings).Rows);
    }

    [Fact]
    public void Patches_of_slides_are_images_and_a_slide_is_one_patients()
    {
        Images("s/a.tif", "s/b.tif");
        string[] rows = ["image,label,patient", "\"s/a.tif#0,0,64,0.5\",x,1", "\"s/a.tif#64,0,64,0.5\",y,1"];
        var cohort = Cohort.Load(Csv([.. rows, "\"s/b.tif#0,0,64,0.5\",x,2"]));
        Assert.Empty(cohort.Warnings);
        Assert.Equal(Path.Combine(folder.Path, "s/a.tif") + "#64,0,64,0.5", cohort.ImagePath(cohort.Rows[1]));
        Assert.Equal(Path.Combine(folder.Path, "s/b.tif"), cohort.FilePath(cohort.Rows[2]));
        Assert.Equal([("1", 2), ("2", 1)], cohort.PatientImages.Select(p => (p.Patient, p.Total)));
        Assert.NotEqual(cohort.Hash, Cohort.Load(Csv([.. rows, "\"s/b.tif#9,0,64,0.5\",x,2"])).Hash);
        string Refused(string row) =>
            Assert
                .Throws<CohortException>(() => Cohort.Load(Csv([.. rows, row])))
                .Problems.Single(p => p.IsError)
                .Message;
        Assert.Contains("under different patients: 1, 2", Refused("\"s/a.tif#0,64,64,0.5\",x,2"));
        Assert.Contains("the same image", Refused("\"./s/a.tif#0,0,64,0.50\",x,1"));
        Assert.Contains("no image s/c.tif#0,0,64,0.5", Refused("\"s/c.tif#0,0,64,0.5\",x,2"));
        folder.Write("s/copy.tif", File.ReadAllText(Path.Combine(folder.Path, "s/a.tif")));
        Assert.Contains("under different patients", Refused("\"s/copy.tif#0,0,64,0.5\",x,2"));
    }

    [Fact]
    public void The_table_alone_needs_no_images() =>
        Assert.Equal(
            2,
            Cohort.Load(Csv("image,label,patient", "a.png,x,1", "b.png,y,1"), CohortChecks.Table).Rows.Count
        );

    [Fact]
    public void The_hash_follows_labels_patients_and_contents_only()
    {
        Images("a.png", "b.png");
        string Hash(params string[] lines) => Cohort.Load(Csv(lines)).Hash;
        var hash = Hash("image,label,patient", "a.png,x,1", "b.png,y,2");
        Assert.Equal(hash, Hash("patient,image,label,grade", "2,b.png,y,9", "1,a.png,x,8"));
        Assert.NotEqual(hash, Hash("image,label,patient", "a.png,x,1", "b.png,y,3"));
        Assert.NotEqual(hash, Hash("image,label,patient", "a.png,x,1", "b.png,x,2"));
        folder.Write("a.png", "A.png"); // of equal length
        Assert.NotEqual(hash, Hash("image,label,patient", "a.png,x,1", "b.png,y,2"));
    }

    [Fact]
    public void A_large_file_is_sampled_from_its_first_byte_to_its_last()
    {
        var path = Path.Combine(folder.Path, "slide.svs");
        var bytes = new byte[FileContents.WholeUpTo + 12_345];
        string Of()
        {
            File.WriteAllBytes(path, bytes);
            return new FileContents().Of(path);
        }
        var hash = Of();
        bytes[^1] = 1;
        var last = Of();
        bytes[^1] = 0;
        bytes[0] = 1;
        Assert.Equal(3, new[] { hash, last, Of() }.Distinct().Count());
    }

    [Fact]
    public void Written_and_read_again_it_is_the_same()
    {
        Images("a.png", "b.png");
        var cohort = Cohort.Load(
            Csv("image,label,patient,grade,group,mask", "a.png,x,1,\"low, very\",g,b.png", "b.png,y,2,,,")
        );
        var again = Path.Combine(folder.Path, "again.csv");
        CohortFile.Write(again, cohort.Rows, cohort.FurtherColumns);
        var read = Cohort.Load(again);
        Assert.Equal(cohort.Hash, read.Hash);
        Assert.Equal(
            cohort.Rows.Select(r => (r.Mask, r.Group, r.Further[0])),
            read.Rows.Select(r => (r.Mask, r.Group, r.Further[0]))
        );
    }

    [Theory]
    [InlineData("glas", 67, 12, 2)]
    [InlineData("breakhis", 40, 33, 2)]
    [InlineData("idc", 6792, 180, 2)]
    public void Real_cohorts_have_no_errors(string name, int images, int patients, int classes)
    {
        var cohort = Cohort.Load(Path.Combine(TestData.Folder(name), "cohort.csv"));
        Assert.Equal(
            (images, patients, classes),
            (cohort.Rows.Count, cohort.PatientImages.Count, cohort.Classes.Count)
        );
    }

    private void Images(params string[] names)
    {
        foreach (var name in names)
            folder.Write(name, name);
    }

    private string Csv(params string[] lines) => folder.Write("cohort.csv", string.Join('\n', lines) + "\n");
}
