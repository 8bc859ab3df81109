using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Runs;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Methods.Tests.SelfSupervised;

/// <summary>Eight phantom patients with masks, a recipe of seconds, and runs of it, in a folder that goes with the test.</summary>
public sealed class SmallMasks : IDisposable
{
    private const string Text = """
        method: self-supervised
        input: {width: 32, height: 32}
        network: {width: 4, depth: 2, normalize: true}
        pretraining: {epochs: 1, batch: 4, rate: 2.0e-3}
        training: {epochs: 1, batch: 4, rate: 2.0e-3}
        patches: {stride: 8, center: 16, unlabeled: 12, labeled: 6, repeats: 2}
        split: {folds: 2, validation_share: 0.3}
        """;

    public SmallMasks() =>
        Cohort = Cohort.Load(
            PhantomCohort.Write(
                At("cohort"),
                new PhantomCohortOptions
                {
                    Patients = 8,
                    LeastPatches = 1,
                    MostPatches = 2,
                    Patch = new PatchPhantomOptions { Size = 56, NucleusRadius = 2 },
                }
            )
        );

    public string Folder { get; } = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public Cohort Cohort { get; }

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>The recipe with lines put over those of the same key.</summary>
    internal static SelfSupervisedRecipe Recipe(params string[] lines) =>
        (SelfSupervisedRecipe)Known.Methods.Parse(TextOf(lines), "test.yaml");

    /// <summary>The same as text.</summary>
    public static string TextOf(params string[] lines)
    {
        var kept = Text.Split('\n').Where(l => !lines.Any(n => n.Split(':')[0] == l.Split(':')[0]));
        return string.Join('\n', [.. kept, .. lines]);
    }

    /// <summary>Trains a part of the recipe's split; returns its folder.</summary>
    internal string Train(
        SelfSupervisedRecipe recipe,
        string name,
        Split? split = null,
        int part = 0,
        SharedTraining? shared = null,
        Cohort? cohort = null
    )
    {
        using var data = new SelfSupervisedData(recipe, cohort ?? Cohort, null, _ => { }) { Shared = shared };
        split ??= recipe.Split.Draw(Cohort, recipe.Seed);
        new TrainingSession(new SessionInput(recipe, data, split, Device.Cpu), At(name), _ => new Silent()).Run(part);
        return TrainingSession.PartFolder(At(name), part, split.Parts.Count);
    }

    /// <summary>A cohort of one image with a mask.</summary>
    public Cohort Pair(string name, Image image, Image? mask)
    {
        ImageFile.Write(At($"{name}/a.png"), image);
        if (mask is not null)
            ImageFile.Write(At($"{name}/m.png"), mask);
        var row = new CohortRow(2, "a.png", "x", "p") { Mask = mask is null ? null : "m.png" };
        CohortFile.Write(At($"{name}/cohort.csv"), [row], []);
        return Cohort.Load(At($"{name}/cohort.csv"));
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Tells nobody.</summary>
    internal sealed class Silent : ITrainingProgress
    {
        public void Step(int epoch, int step, int steps, MeanLoss soFar) { }

        public void Epoch(EpochRow row, RunState state) { }
    }
}
