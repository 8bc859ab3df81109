using System.IO.Compression;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Collections;

namespace Coverslip.Evaluation.Tests.Collections;

/// <summary>Published collections as their downloads are laid out; the files are no pictures.</summary>
public sealed class CollectionTests : IDisposable
{
    private const string NihHeader =
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ChestXray14_is_read_with_its_findings_boxes_and_lists()
    {
        Nih("00000001_000.png,Cardiomegaly|Emphysema,0,1,058Y,M,PA,2682,2749,0.143,0.143,\n");
        folder.Write("images_001/images/00000001_000.png", "a");
        folder.Write("images_002/images/00000002_000.png", "b");
        folder.Write("images_002/images/00000002_001.png", "in no table");
        folder.Write(
            "BBox_List_2017.csv",
            "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
                + "00000001_000.png,Cardiomegaly,225.0847,547.0192,86.7796,79.1864,,,\n"
                + "00000001_000.png,Infiltrate,1,2,3,4,,,\n00000009_000.png,Mass,1,2,3,4,,,\n"
        );
        folder.Write("train_val_list.txt", "00000001_000.png\r\n00000009_000.png\r\n");
        folder.Write("test_list.txt", "00000002_000.png\n");
        var found = Read("nih");
        Assert.Equal(
            [
                ("images_001/images/00000001_000.png", "Cardiomegaly;Emphysema", "1"),
                ("images_002/images/00000002_000.png", "", "2"),
            ],
            found.Rows.Select(r => (r.Image, r.Label, r.Patient))
        );
        Assert.Equal(["view", "age", "sex", "side"], found.FurtherColumns);
        Assert.Equal(["PA", "058Y", "M", "train"], found.Rows[0].Further);
        Assert.Equal([], found.Rows[1].Findings);
        var box = Assert.Single(found.Boxes);
        Assert.Equal(("Cardiomegaly", new BoxArea(225.0847, 547.0192, 86.7796, 79.1864)), (box.Label, box.Area));
        Assert.Contains(new PublishedCount("radiographs", 2, 112_120), found.Counts);
        Assert.Contains(new PublishedCount("Emphysema", 1, 2_516), found.Counts);
        Assert.Equal(
            [
                "1 radiographs of Data_Entry_2017.csv are not here, such as 00000009_000.png",
                "1 images are not in Data_Entry_2017.csv and were left out, such as images_002/images/00000002_001.png",
                "1 boxes are of radiographs that are not here, such as 00000009_000.png",
                "1 boxes are of findings that the radiograph's labels lack, and were left out, such as 00000001_000.png (Infiltration)",
            ],
            found.Notes
        );
        // What the files mean to the verbs that take them.
        var cohort = Load(found);
        BoxesFile.Write(Path.Combine(folder.Path, "boxes.csv"), found.Boxes);
        Assert.Equal(
            found.Boxes[0].Area,
            Assert.Single(BoxesFile.Read(Path.Combine(folder.Path, "boxes.csv"), cohort)).Area
        );
    }

    [Theory]
    [InlineData("Cardiomegaly|Covid", "row 2: the finding 'Covid' is none of Atelectasis")]
    [InlineData("No Finding|Mass", "row 2: 'Finding Labels' is 'No Finding|Mass', both nothing and something")]
    public void An_unknown_finding_is_an_error(string labels, string message)
    {
        Nih($"00000001_000.png,{labels},0,1,58,M,PA,1,1,1,1,\n");
        folder.Write("images/00000001_000.png", "a");
        Assert.Contains(message, Error("nih"));
    }

    [Fact]
    public void Two_files_of_one_name_and_no_file_at_all_are_errors()
    {
        Nih("");
        folder.Write("images_002.tar.gz", "packed");
        Assert.Contains("none of its 2 files is an image", Error("nih"));
        Assert.Contains("unpack its 1 archives, such as images_002.tar.gz, first", Error("nih"));
        folder.Write("images/00000002_000.png", "a");
        folder.Write("images_001/00000002_000.png", "b");
        Assert.Contains("both images/00000002_000.png and images_001/00000002_000.png", Error("nih"));
        Assert.Contains("no stage_labels.csv or stages.csv anywhere below it", Error("camelyon17"));
    }

    [Fact]
    public void Camelyon16_is_read_from_folders_and_archives()
    {
        folder.Write("training/normal/normal_001.tif", "1");
        folder.Write("training/normal/normal_086.tif", "2");
        folder.Write("training/tumor/tumor_001.tif", "3");
        folder.Write("training/tumor/Tumor_010.tif", "4");
        folder.Write("training/tumor_mask/tumor_001.tif", "a mask");
        folder.Write("testing/images/test_001.tif", "5");
        folder.Write("testing/images/test_002.tif", "6");
        folder.Write("testing/reference.csv", "test_001.tif,Tumor,IDC,Macro\n");
        folder.Write("testing/lesion_annotations/Test_001.xml", "<test/>");
        Zip("training/lesion_annotations.zip", ("lesion_annotations/tumor_001.xml", "<tumor/>"), ("../evil.xml", "no"));
        var found = Read("camelyon16");
        Assert.Equal(
            [
                ("normal_001", "normal", ""),
                ("test_001", "tumor", "testing/lesion_annotations/Test_001.xml"),
                ("tumor_001", "tumor", "annotations/tumor_001.xml"),
                ("tumor_010", "tumor", ""),
            ],
            found.Rows.Select(r => (r.Patient, r.Label, r.Further[0]))
        );
        Assert.Equal(["train", "test", "train", "train"], found.Rows.Select(r => r.Further[1]));
        Assert.Equal(["", "", "", "no"], found.Rows.Select(r => r.Further[2]));
        Assert.Equal(
            [new PublishedCount("training, normal", 1, 159), new("training, tumor", 2, 111), new("test", 1, 129)],
            found.Counts
        );
        Assert.Equal(4, found.Notes.Count);
        Assert.StartsWith("normal_086 was left out: it holds a metastasis", found.Notes[0]);
        Assert.StartsWith("1 test slides were left out", found.Notes[1]);
        Assert.StartsWith("1 slides with tumor have no outlines here", found.Notes[2]);
        Assert.StartsWith("1 slides have outlines of some metastases only", found.Notes[3]);

        PackedFile.Unpack(found.Packed, folder.Path);
        PackedFile.Unpack(found.Packed, folder.Path);
        Assert.Equal("<tumor/>", File.ReadAllText(Path.Combine(folder.Path, "annotations/tumor_001.xml")));
        Assert.Equal(4, Load(found).Rows.Count);
        folder.Write("annotations/tumor_001.xml", "<mine/>");
        Assert.Throws<IOException>(() => PackedFile.Unpack(found.Packed, folder.Path));
    }

    [Fact]
    public void Camelyon16_of_the_public_bucket_is_the_same()
    {
        folder.Write("images/normal_001.tif", "1");
        folder.Write("images/test_001.tif", "2");
        folder.Write("images/test_003.tif", "3");
        folder.Write("masks/test_001.tif", "a mask");
        folder.Write("annotations/test_001.xml", "<test/>");
        folder.Write(
            "evaluation/reference.csv",
            "image,class,type,center\ntest_001.tif,tumor,IDC,0\ntest_003.tif,negative,IDC,0\n"
        );
        Assert.Equal(["normal", "tumor", "normal"], Read("camelyon16").Rows.Select(r => r.Label));
        folder.Write("evaluation/reference.csv", "test_001,Macro\n");
        Assert.Contains("row 1: test_001 is 'macro'; expected is Tumor or Normal", Error("camelyon16"));
    }

    [Fact]
    public void Camelyon17_is_read_with_nodes_stages_and_hospitals()
    {
        folder.Write(
            "training/stage_labels.csv",
            "patient,stage\npatient_000.zip,pN0\npatient_000_node_0.tif,negative\npatient_020.zip,pN1\n"
                + "patient_020_node_4.tif,itc\npatient_020_node_3.tif,Macro\n"
        );
        folder.Write("training/center_0/patient_000_node_0.tif", "1");
        folder.Write("training/center_1/patient_020/patient_020_node_4.tif", "2");
        folder.Write("training/center_1/patient_020/patient_020_node_3.tif", "3");
        folder.Write("testing/patient_100_node_0.tif", "4");
        folder.Write("training/center_1/patient_021.zip", "packed");
        folder.Write("training/lesion_annotations/patient_020_node_4.xml", "<itc/>");
        var found = Read("camelyon17");
        Assert.Equal(
            [
                ("patient_000", "normal", "center_0"),
                ("patient_020", "tumor", "center_1"),
                ("patient_020", "tumor", "center_1"),
            ],
            found.Rows.Select(r => (r.Patient, r.Label, r.Group!))
        );
        Assert.Equal(["", "negative", "pN0", "test"], found.Rows[0].Further);
        Assert.Equal(["", "macro", "pN1", "train"], found.Rows[1].Further);
        Assert.Equal(
            ["training/lesion_annotations/patient_020_node_4.xml", "itc", "pN1", "train"],
            found.Rows[2].Further
        );
        Assert.Equal(
            [new PublishedCount("slides", 3, 500), new("patients", 2, 100), new("slides with outlines", 1, 50)],
            found.Counts
        );
        Assert.Equal(
            ["1 slides were", "1 archives of", "1 slides with"],
            found.Notes.Select(n => string.Join(' ', n.Split(' ').Take(3)))
        );
        Load(found);
        folder.Write("training/stage_labels.csv", "patient_000_node_0.tif,none\n");
        Assert.Contains("row 1: patient_000_node_0.tif is 'none'", Error("camelyon17"));
    }

    [Fact]
    public void MoNuSeg_has_patients_of_barcodes_and_masks_to_draw()
    {
        folder.Write("MoNuSeg 2018 Training Data/Tissue Images/TCGA-18-5592-01Z-00-DX1.tif", "1");
        folder.Write("MoNuSeg 2018 Training Data/Annotations/TCGA-18-5592-01Z-00-DX1.xml", "<Annotations/>");
        folder.Write("MoNuSegTestData/TCGA-2Z-A9J9-01A-01-TS1.tif", "2");
        var found = Read("monuseg");
        Assert.Equal(
            [("TCGA-18-5592", "masks/TCGA-18-5592-01Z-00-DX1.png", "train"), ("TCGA-2Z-A9J9", null, "test")],
            found.Rows.Select(r => (r.Patient, r.Mask, r.Further[0]))
        );
        Assert.EndsWith("Annotations/TCGA-18-5592-01Z-00-DX1.xml", Assert.Single(found.Outlined).Outlines);
        Assert.Equal([new PublishedCount("training", 1, 37), new("test", 1, 14)], found.Counts);
        Assert.StartsWith("1 images have no XML of their name", Assert.Single(found.Notes));
    }

    [Fact]
    public void GlaS_is_read_by_its_table_with_blanks_in_the_heads()
    {
        const string head = "name,patient ID, grade (GlaS), grade (Sirinukunwattana et al. 2015)\n";
        folder.Write(
            "Grade.csv",
            $"{head}testA_1,5, benign, adenomatous\ntrain_2,5, malignant, poorly differentiated\ntrain_3,1, benign, healthy\n"
        );
        foreach (var name in new[] { "testA_1", "testA_1_anno", "train_2", "train_2_anno", "train_9" })
            folder.Write($"Warwick QU Dataset/{name}.bmp", name);
        var found = Read("glas");
        Assert.Equal(
            [
                ("benign", "5", "Warwick QU Dataset/testA_1_anno.bmp"),
                ("malignant", "5", "Warwick QU Dataset/train_2_anno.bmp"),
            ],
            found.Rows.Select(r => (r.Label, r.Patient, r.Mask!))
        );
        Assert.Equal(["0.62", "testA", "adenomatous"], found.Rows[0].Further);
        Assert.Contains(new PublishedCount("testA, benign", 1, 33), found.Counts);
        Assert.Equal(165, found.Counts.Skip(1).Sum(c => c.Published));
        Assert.Equal(
            [
                "1 images of Grade.csv are not here, such as train_3",
                "1 images are not in Grade.csv and were left out, such as Warwick QU Dataset/train_9.bmp",
            ],
            found.Notes.Take(2)
        );
        Assert.StartsWith("1 patients have images in the published training set and in a test set", found.Notes[2]);
        folder.Write("Grade.csv", $"{head}testA_1,5,unsure,\n");
        Assert.Contains("row 2: the grade of testA_1 is 'unsure'; expected is benign or malignant", Error("glas"));
    }

    [Fact]
    public void Idc_is_read_by_its_names()
    {
        folder.Write("8863/0/8863_idx5_x101_y1251_class0.png", "1");
        folder.Write("8863/1/8863_idx5_x51_y1251_class1.png", "2");
        folder.Write("8863/overview.png", "3");
        var found = Read("idc");
        Assert.Equal([("8863", "benign"), ("8863", "carcinoma")], found.Rows.Select(r => (r.Patient, r.Label)));
        Assert.Equal(
            "1 images have other names and were left out, such as 8863/overview.png",
            Assert.Single(found.Notes)
        );
    }

    private void Nih(string rows) =>
        folder.Write(
            "Data_Entry_2017.csv",
            $"{NihHeader}{rows}00000002_000.png,No Finding,0,2,81,F,AP,2500,2048,0.171,0.171,\n00000009_000.png,Mass,0,9,81,F,AP,1,1,1,1,\n"
        );

    private void Zip(string name, params (string Entry, string Text)[] files)
    {
        using var zip = ZipFile.Open(Path.Combine(folder.Path, name), ZipArchiveMode.Create);
        foreach (var (entry, text) in files)
        {
            using var writer = new StreamWriter(zip.CreateEntry(entry).Open());
            writer.Write(text);
        }
    }

    private Cohort Load(CollectionRows found)
    {
        var file = Path.Combine(folder.Path, "cohort.csv");
        CohortFile.Write(file, found.Rows, found.FurtherColumns);
        return Cohort.Load(file);
    }

    private CollectionRows Read(string layout) =>
        Collection.Known.Single(c => c.Layout == layout).Read(folder.Path, folder.Path);

    private string Error(string layout) => Record.Exception(() => Read(layout))!.Message;
}
