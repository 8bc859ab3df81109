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
    public void A_line_end_in_a_value_makes_no_other_part()
    {
        var one = new Fingerprint().Add("a", "1\nb: 2");
        var two = new Fingerprint().Add("a", "1").Add("b", "2");
        Assert.NotEqual(one.Hash, two.Hash);
        Assert.Equal("recipe.epochs was 3, is 4", Fingerprint.Difference("recipe.epochs: 3", "recipe.epochs: 4"));
    }
}
