using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Tests.Runs;

public sealed class TrainingCasesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    private string File => Path.Combine(folder, "training-features.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_nearest_are_those_whose_features_point_the_same_way()
    {
        Write([1, 0], [0, 3], [2, 2]);
        var near = TrainingCases.Read(File).Nearest([0, 0.5f], 2);

        // By hand: the second has the same direction, the third is at 45 degrees, 1 − 1/√2.
        Assert.Equal(["b", "c"], near.Select(n => n.Case.Patient));
        Assert.Equal(["Y", "X"], near.Select(n => n.Case.Label));
        Assert.Equal(0, near[0].Distance, 5);
        Assert.Equal(1 - (1 / Math.Sqrt(2)), near[1].Distance, 3);
        Assert.Equal(Path.Combine(folder, "1.png"), near[0].Case.Image);
    }

    [Fact]
    public void Familiar_is_what_lies_as_near_as_known_patients_do()
    {
        Write([1, 0], [0, 3], [2, 2]);
        var cases = TrainingCases.Read(File);
        // a and b are both at 45 degrees from c, c from both; d, who validates, is at atan(1/2) from c.
        var (right, near) = (1 - (1 / Math.Sqrt(2)), 1 - (3 / Math.Sqrt(10)));
        Assert.Equal(["a", "b", "c"], cases.FromOthers(default).Select(o => o.Patient));
        Assert.All(cases.FromOthers(default), o => Assert.Equal(right, o.Distance, 3));
        Assert.Equal(right, Familiarity.LimitOf(cases, null, default)!.Value, 3);
        CohortRow row = new(5, "3.png", "X", "d");
        Assert.Equal(right, Familiarity.LimitOf(cases, [(row, [2, 1])], default)!.Value, 3);
        Assert.Equal(1, Familiarity.LimitOf(cases, [(row, [-1, 0])], default)!.Value, 3);

        var familiarity = new Familiarity(cases, right);
        Assert.Equal(
            [near / right, 0],
            familiarity
                .Of([
                    [2, 1],
                    [5, 0],
                ])
                .Select(f => Math.Round(f, 3)),
            (a, b) => Math.Abs(a - b) < 1e-3
        );
    }

    [Fact]
    public void One_patient_alone_says_nothing_of_others()
    {
        Write([1, 0]);
        Assert.Null(Familiarity.LimitOf(TrainingCases.Read(File), null, default));
    }

    [Fact]
    public void Features_of_another_model_and_damaged_files_are_told()
    {
        Write([1, 0], [0, 3], [2, 2]);
        var other = Assert.Throws<InvalidDataException>(() => TrainingCases.Read(File).Nearest([1, 2, 3], 1));
        Assert.Contains("2 numbers an image, its model gives 3", other.Message);

        var bytes = System.IO.File.ReadAllBytes(File);
        var at = bytes.AsSpan().IndexOf("patients"u8);
        bytes[at] = (byte)'q';
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.Contains("is damaged", Assert.Throws<InvalidDataException>(() => TrainingCases.Read(File)).Message);
    }

    private void Write(params float[][] features)
    {
        CohortRow[] rows = [new(2, "0.png", "X", "a"), new(3, "1.png", "Y", "b"), new(4, "2.png", "X", "c")];
        foreach (var row in rows)
            System.IO.File.WriteAllText(Path.Combine(folder, row.Image), row.Image);
        CohortFile.Write(Path.Combine(folder, "cohort.csv"), rows, []);
        var cohort = Cohort.Load(Path.Combine(folder, "cohort.csv"));
        TrainingCases.Write(File, cohort, [.. cohort.Rows.Zip(features)]);
    }
}
