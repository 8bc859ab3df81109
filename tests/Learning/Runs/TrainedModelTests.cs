using System.Text.RegularExpressions;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>A trained model as a folder and as a file: equal predictions, and refusals with a reason.</summary>
[NoTensorLeaks]
[Collection(FinishedRunCollection.Name)]
public sealed class TrainedModelTests(FinishedRun finished)
{
    private readonly Cohort cohort = finished.Small.Cohort;

    [Fact]
    public void A_packed_model_predicts_as_its_run_does()
    {
        var file = At("model.coverslip");
        using var run = FinishedRun.Load(finished.Folder);
        run.Pack(file);
        using var packed = FinishedRun.Load(file);
        Assert.Equal(2, packed.Parts.Count);
        Assert.Equal(run.RecipeText, packed.RecipeText);
        Assert.Equal((cohort.Hash, cohort.Hash), (run.Description.CohortHash, packed.Description.CohortHash));
        Assert.Equal(run.Parts.Select(p => p.Threshold), packed.Parts.Select(p => p.Threshold));
        Assert.Equal($"{run.MadeOf}", $"{packed.MadeOf}");
        var set = FinishedRun.Pixels(cohort);
        var (before, after) = (run.Predict(set, 5), packed.Predict(set, 5));
        Assert.Equal(before.Rows.Select(r => r.Predicted), after.Rows.Select(r => r.Predicted));
        foreach (var (a, b) in before.Rows.Zip(after.Rows))
            Assert.Equal(a.Probabilities, b.Probabilities);
        Assert.Equal(cohort.Rows.Select(r => r.Image), after.Rows.Select(r => r.Image));
    }

    [Fact]
    public void A_set_has_every_class_that_a_part_leaves_in_and_distances_are_means()
    {
        using var run = FinishedRun.Load(finished.Folder);
        Assert.All(run.Parts, p => Assert.True(p.Conformal!.Patients > 0 && p.Conformal.Score > 0));
        var set = FinishedRun.Pixels(cohort);
        var (both, first, second) = (run.Predict(set, 5), run.Only([1]).Predict(set, 5), run.Only([2]).Predict(set, 5));
        foreach (var (i, row) in both.Rows.Index())
        {
            var (one, two) = (first.Rows[i], second.Rows[i]);
            bool Admits(int part, Prediction said, int c) => run.Parts[part].Conformal!.Admits(said.Probabilities[c]);
            Assert.Equal(
                both.Classes.Where((name, c) => Admits(0, one, c) || Admits(1, two, c) || name == row.Predicted),
                row.Set
            );
            Assert.Equal((one.Unfamiliar + two.Unfamiliar) / 2, row.Unfamiliar);
        }
        // A training image is as far from itself as half precision is from single.
        Assert.Contains(first.Rows, r => r.Unfamiliar < 1e-2);
        Assert.Contains(first.Rows, r => r.Unfamiliar > 0.1);
        // What a run says of its test images is what it says of them later.
        var tested = Predictions.Read(new RunFolder(Path.Combine(finished.Folder, "part-1")).Predictions);
        foreach (var row in tested.Rows)
        {
            var again = first.Rows.Single(r => r.Image == row.Image);
            Assert.Equal(again.Set, row.Set);
            Assert.Equal(again.Unfamiliar!.Value, row.Unfamiliar!.Value, 2e-2);
        }
    }

    [Fact]
    public void One_weight_changed_is_another_model()
    {
        var other = Changed("changed");
        // As of a run of before the hash was kept: with it, it would be damage.
        var described = Path.Combine(other, "part-2", "run.json");
        File.WriteAllLines(described, File.ReadAllLines(described).Where(l => !l.Contains("\"weights_hash\"")));
        using var run = FinishedRun.Load(finished.Folder);
        using var changed = FinishedRun.Load(other);
        Assert.Matches(
            "^model.part_2.weights was [0-9a-f]{64}, is [0-9a-f]{64}$",
            Fingerprint.Difference($"{run.MadeOf}", $"{changed.MadeOf}")
        );
    }

    [Fact]
    public void Damaged_and_missing_weights_of_a_run_are_named()
    {
        var damaged = Changed("damaged");
        var file = Path.Combine(damaged, "part-2", "best.safetensors");
        Assert.Matches(
            $"^{Regex.Escape(file)}: the file is damaged, or of another training: its bytes have the SHA-256 [0-9a-f]{{12}}…, "
                + $"weights_hash of {Regex.Escape(Path.Combine(damaged, "part-2", "run.json"))} says [0-9a-f]{{12}}…; copy it anew",
            Assert.Throws<InvalidDataException>(() => FinishedRun.Load(damaged)).Message
        );
        File.Delete(file);
        Assert.StartsWith(
            $"{file}: the weights of a finished training are missing; put the file back",
            Assert.Throws<FileNotFoundException>(() => FinishedRun.Load(damaged)).Message
        );
    }

    /// <summary>A copy of the run with one bit of the last weight of its second part changed.</summary>
    private string Changed(string name)
    {
        var other = At(name);
        foreach (var path in Directory.GetFiles(finished.Folder, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(other, Path.GetRelativePath(finished.Folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(path, to);
        }
        var file = Path.Combine(other, "part-2", "best.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        return other;
    }

    [Fact]
    public void Parts_predict_with_their_mean_and_decide_at_the_mean_threshold()
    {
        using var whole = FinishedRun.Load(finished.Folder);
        var recipe = (INetworkRecipe)whole.Recipe;
        var set = FinishedRun.Pixels(cohort);
        var expected = new double[set.Patches.Count];
        foreach (var (index, part) in whole.Parts.Index())
        {
            using var model = recipe.Build(2, Device.Cpu);
            using (new TensorScope())
                model.Store.Load(
                    SafeTensors.Read(Path.Combine(finished.Folder, $"part-{index + 1}", "best.safetensors"))
                );
            var probabilities = new Predictor(model, new BatchReader(set, 4, Device.Cpu), recipe).Probabilities(
                set.Patches
            );
            for (var i = 0; i < expected.Length; i++)
                expected[i] += probabilities[i][1] / 2;
        }
        var threshold = whole.Parts.Average(p => p.Threshold!.Value);
        foreach (var (row, mean) in whole.Predict(set, 4).Rows.Zip(expected))
        {
            Assert.Equal(mean, row.Probabilities[1], 1e-6);
            if (Math.Abs(mean - threshold) > 1e-5)
                Assert.Equal(mean > threshold ? "sheets" : "rosettes", row.Predicted);
        }
    }

    [Fact]
    public void An_unfinished_run_is_no_model()
    {
        var folder = At("unfinished");
        Directory.CreateDirectory(Path.Combine(folder, "part-2"));
        Directory.CreateDirectory(Path.Combine(folder, "part-1"));
        File.Copy(Path.Combine(finished.Folder, "recipe.yaml"), Path.Combine(folder, "recipe.yaml"));
        foreach (var file in Directory.GetFiles(Path.Combine(finished.Folder, "part-1")))
            File.Copy(file, Path.Combine(folder, "part-1", Path.GetFileName(file)));
        Assert.EndsWith(
            "is not finished (1 of 2 parts); go on with 'coverslip train … --resume'",
            Assert.Throws<InvalidOperationException>(() => FinishedRun.Load(folder)).Message
        );
    }

    [Fact]
    public void What_is_no_model_is_refused_by_name()
    {
        var (text, plain, empty) = (At("notes.coverslip"), At("plain.safetensors"), At("empty"));
        File.WriteAllText(text, "no model at all");
        using (var scope = new TensorScope())
            SafeTensors.Write(plain, [("a", Tensor.Ones([2]))]);
        Directory.CreateDirectory(empty);
        Assert.Contains(text, Assert.ThrowsAny<InvalidDataException>(() => FinishedRun.Load(text)).Message);
        Assert.Equal(
            $"{plain} is no packed model; 'coverslip pack RUN --out FILE' writes one",
            Assert.Throws<InvalidDataException>(() => FinishedRun.Load(plain)).Message
        );
        Assert.EndsWith(
            "has no recipe.yaml",
            Assert.Throws<FileNotFoundException>(() => FinishedRun.Load(empty)).Message
        );
        Assert.Contains(
            "neither a run folder nor a packed model",
            Assert.Throws<FileNotFoundException>(() => FinishedRun.Load(At("nowhere"))).Message
        );
    }

    [Fact]
    public void A_package_without_the_stain_of_its_recipe_is_refused_with_the_way_out()
    {
        var (file, without) = (At("stained.coverslip"), At("stainless.coverslip"));
        using (var run = FinishedRun.Load(finished.Folder))
            run.Pack(file);
        using (var scope = new TensorScope())
        {
            var metadata = SafeTensors.ReadMetadata(file).ToDictionary();
            Assert.DoesNotContain("stain", metadata.Keys);
            metadata["recipe"] = metadata["recipe"].Replace("form: raw", "form: raw, stain: reference.json");
            SafeTensors.Write(without, SafeTensors.Read(file, Device.Cpu).Select(p => (p.Key, p.Value)), metadata);
        }
        var error = Assert.Throws<InvalidDataException>(() => FinishedRun.Load(without)).Message;
        Assert.StartsWith($"{without}: the model was trained on images of a normalized stain", error);
        Assert.Contains("(input.stain: reference.json), and that stain is missing here", error);
        Assert.Contains("pack it anew", error);
    }

    [Fact]
    public void Weights_of_another_network_are_refused_and_leave_nothing_behind()
    {
        var folder = At("other");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Path.Combine(finished.Folder, "part-1")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var recipe = File.ReadAllText(Path.Combine(finished.Folder, "recipe.yaml"));
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), recipe.Replace("growth: 4", "growth: 6"));
        Assert.Contains(
            "the weights do not fit the network",
            Assert.Throws<TorchException>(() => FinishedRun.Load(folder)).Message
        );
    }

    private string At(string name) => Path.Combine(finished.Small.Folder, name);
}
