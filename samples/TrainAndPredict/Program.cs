// Masks, training and prediction with Coverslip as a library: TrainAndPredict OUT [COHORT], OUT a new folder, COHORT a cohort
// file (docs/cohorts-and-splits.md); painted patches are the cohort where none is named.
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Phantoms;
using Coverslip.Torch;

const string text = """
    method: saganet
    input: {height: 48, width: 48, mask_channels: 16, mask_steps: 20}
    network: {stem_filters: 8, growth: 4, positions: shared}
    training: {epochs: 3, batch: 8, rate: 2e-3}
    split: {folds: 0, repeats: 1, images: 15-35}
    """;
var recipe = Known.Methods.Parse(text, "sample");
var patch = new PatchPhantomOptions { Size = 48, NucleusRadius = 2 };
var painted = new PhantomCohortOptions { Patients = 8, Patch = patch };
var cohort = Cohort.Load(args.Length > 1 ? args[1] : PhantomCohort.Write(Path.Combine(args[0], "images"), painted));
var split = recipe.Split.Draw(cohort, recipe.Seed);
var preparation = new Preparation(cohort, Device.Cpu) { Split = split, MaskFolder = Path.Combine(args[0], "masks") };
using var data = recipe.Prepare(preparation); // makes the masks

var run = Path.Combine(args[0], "run");
Directory.CreateDirectory(run);
File.WriteAllText(Path.Combine(run, "recipe.yaml"), text);
var input = new SessionInput(recipe, data, split, preparation.Device);
var tested = new TrainingSession(input, run, _ => new EpochLines()).Run();
var right = tested[0].Rows.Count(r => r.Predicted == r.Label);
Console.WriteLine($"{right} of {tested[0].Rows.Count} test images are right");

using var model = TrainedModel.Load(run, Known.Methods, preparation.Device);
foreach (var row in model.Predict(new PatchSet(cohort, recipe.Input, data.Masks?.Of(1)), batch: 8).Rows.Take(5))
    Console.WriteLine($"{row.Image}: {row.Predicted}");

/// <summary>A line to each epoch.</summary>
internal sealed class EpochLines : ITrainingProgress
{
    public void Step(int epoch, int step, int steps, MeanLoss soFar) { }

    public void Epoch(EpochRow row, RunState state) =>
        Console.WriteLine($"epoch {row.Epoch + 1}: loss {row.Training.Value.Total:0.000}");
}
