namespace Coverslip.Files.Tests;

/// <summary>What has the same fingerprint, what has another, and how it is told.</summary>
public sealed class FingerprintTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    private sealed record Inner(double Rate, IReadOnlyList<string> Names);

    private sealed record Outer(int Epochs, Inner Training, string Weights)
    {
        public string Computed => throw new InvalidOperationException("what is computed is no part");
    }

    private static readonly Outer Some = new(3, new Inner(0.1, ["a", "b"]), "file");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_value_of_a_record_counts_lists_too_but_for_named_exceptions()
    {
        string Of(Outer record) =>
            new Fingerprint().AddRecord("recipe", record, new LeftOut("Weights", "its contents count")).Hash;
        Assert.Equal(Of(Some), Of(Some with { Training = new Inner(0.1, ["a", "b"]), Weights = "other" }));
        Assert.NotEqual(Of(Some), Of(Some with { Epochs = 4 }));
        LeftOut[] outer = [new("Training", "comes later"), new("Training.Rate", "within what is left out")];
        Assert.Equal(
            ["recipe.epochs: 3", "recipe.weights: file"],
            $"{new Fingerprint().AddRecord("recipe", Some, outer)}".Split('\n')
        );
        Assert.NotEqual(Of(Some), Of(Some with { Training = Some.Training with { Names = ["a", "c"] } }));
        Assert.NotEqual(Of(Some), Of(Some with { Training = Some.Training with { Names = ["a, b"] } }));
    }

    [Fact]
    public void An_exception_that_names_nothing_and_a_value_that_cannot_be_told_are_refused()
    {
        var unknown = new LeftOut("Training.Rates", "a slip of the pen");
        Assert.Contains(
            "no property Training.Rates",
            Assert.Throws<ArgumentException>(() => new Fingerprint().AddRecord("recipe", Some, unknown)).Message
        );
        Assert.Throws<ArgumentException>(() =>
            new Fingerprint().AddRecord("recipe", new { Random = new Random(1) }.Random)
        );
    }

    [Fact]
    public void A_file_counts_by_its_contents_and_the_difference_names_the_part()
    {
        var file = Path.Combine(folder, "annotation.json");
        string Of() => $"{new Fingerprint().AddRecord("recipe", Some).AddFile("annotation", file)}";
        var absent = Of();
        File.WriteAllText(file, "left");
        var left = Of();
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Assert.Null(Fingerprint.Difference(left, Of()));
        File.WriteAllText(file, "right");
        Assert.StartsWith("annotation was ", Fingerprint.Difference(left, Of()));
        Assert.StartsWith("annotation was no such file, is ", Fingerprint.Difference(absent, left));
    }

    [Fact]
    public void The_version_of_the_program_is_told_and_is_no_difference()
    {
        var made = new Fingerprint().Add("seed", 1);
        var kept = string.Join('\n', made.Kept);
        Assert.Equal($"seed: 1\nprogram: {ProgramVersion.Current}", kept);
        Assert.Null(Fingerprint.OtherProgram(kept));
        Assert.Null(Fingerprint.OtherProgram("seed: 1"));
        Assert.Equal("0.0.1", Fingerprint.OtherProgram("seed: 1\nprogram: 0.0.1"));
        Assert.Null(Fingerprint.Difference("seed: 1\nprogram: 0.0.1", $"{made}"));
    }

    [Fact]
    public void Of_weights_every_byte_counts()
    {
        // Between two of the windows that a file of this size is sampled by.
        var file = Path.Combine(folder, "weights");
        var bytes = new byte[FileContents.WholeUpTo + (8 << 20)];
        string Of(bool whole)
        {
            File.WriteAllBytes(file, bytes);
            var made = new Fingerprint();
            return (whole ? made.AddWholeFile("weights", file) : made.AddFile("weights", file)).Hash;
        }
        var (whole, sampled) = (Of(true), Of(false));
        bytes[(1 << 20) + 1000] = 1;
        Assert.Equal(sampled, Of(false));
        Assert.NotEqual(whole, Of(true));
    }

    [Fact]
    public void A_line_end_in_a_value_makes_no_other_part()
    {
        var one = new Fingerprint().Add("a", "1\nb: 2");
        var two = new Fingerprint().Add("a", "1").Add("b", "2");
        Assert.NotEqual(one.Hash, two.Hash);
        Assert.Equal("a was 1, is 2", Fingerprint.Difference("a: 1\nb: 1", "a: 2\nb: 2", part => part == "a"));
        Assert.Equal("recipe.epochs was 3, is 4", Fingerprint.Difference("recipe.epochs: 3", "recipe.epochs: 4"));
    }
}
