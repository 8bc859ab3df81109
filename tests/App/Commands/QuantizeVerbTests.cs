using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Tests.Commands;

/// <summary>The verbs quantize and predict --int8 as a user calls them.</summary>
[Collection("console")]
public sealed class QuantizeVerbTests : IDisposable
{
    private const string Raw = """
        method: backbone
        input: {form: raw, height: 48, width: 48}
        network: {name: mobilenet-v1, width: 0.25, hidden: 8}
        training: {epochs: 4, batch: 6, rate: 2e-3, schedule: constant, patience: 0}
        split: {folds: 4, validation_share: 0.34}
        """;

    private readonly PhantomRuns runs = new();

    private string Run => runs.At("run");

    [Fact]
    public void A_run_is_computed_over_eight_bits_where_these_agree()
    {
        File.WriteAllText(runs.RecipeFile, Raw);
        PhantomRuns.Call(0, "train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", Run, "--part", "1");
        var part = Path.Combine(Run, "part-1");
        string Predicted(int code, string to, params string[] more) =>
            PhantomRuns.Call(
                code,
                ["predict", Run, "--cohort", runs.CohortFile, "--unfamiliar", "--out", runs.At(to), .. more]
            );
        Assert.Contains("make it with 'coverslip quantize'", Predicted(1, "none", "--int8"));

        var said = PhantomRuns.Call(0, "quantize", Run);
        Assert.Contains("0 of 6 validation examples of another class", said);
        Assert.Contains($"wrote {Path.Combine(part, "int8.onnx")}", said);
        Assert.Contains("\"examples\": 6", File.ReadAllText(Path.Combine(part, "int8.json")));
        Assert.Matches(
            @"\d\.\d\d times as fast as without --int8 on the machine that made it \(6 images at a time, 1 thread\)",
            said
        );

        Predicted(0, "float32");
        Predicted(0, "int8", "--int8");
        var (whole, bits) = (Table("float32"), Table("int8"));
        var off = whole.Rows.Zip(bits.Rows, (a, b) => Math.Abs(a.Probabilities[0] - b.Probabilities[0])).ToArray();
        Assert.InRange(off.Max(), 1e-9, 0.1); // another computation, and nearly the same answer

        var pack = runs.At("run.coverslip");
        PhantomRuns.Call(0, "pack", Run, "--out", pack);
        Assert.Contains(
            "a packed file holds no networks over eight bits",
            PhantomRuns.Call(1, "predict", pack, "--cohort", runs.CohortFile, "--int8", "--out", runs.At("packed"))
        );
        Assert.Contains("is no folder of a finished run", PhantomRuns.Call(1, "quantize", pack));

        File.AppendAllText(Path.Combine(part, "int8.onnx"), "more");
        Assert.Contains("int8.onnx is damaged", Predicted(1, "damaged", "--int8"));
        File.AppendAllText(runs.CohortFile, "");
        File.WriteAllLines(runs.CohortFile, File.ReadAllLines(runs.CohortFile)[..^1]);
        Assert.Contains("is not the cohort that the run was trained on", PhantomRuns.Call(1, "quantize", Run));
    }

    /// <summary>Before masks are made, in the user's folder or elsewhere.</summary>
    [Fact]
    public void A_run_of_masks_is_refused_at_once()
    {
        string[] train = ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", Run, "--part", "1"];
        PhantomRuns.Call(0, [.. train, "--set", "training.epochs=1"]);
        File.Delete(runs.CohortFile);
        Assert.Contains("its network takes masks, too", PhantomRuns.Call(1, "quantize", Run));
        Assert.False(File.Exists(Path.Combine(Run, "part-1", "int8.onnx")));
    }

    private Predictions Table(string folder) => Predictions.Read(Path.Combine(runs.At(folder), "predictions.csv"));

    public void Dispose() => runs.Dispose();
}
