using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Backbone;

/// <summary>Published networks in training: which layers move, the losses, the input's scale, a whole run.</summary>
[NoTensorLeaks]
public sealed class BackboneClassifierTests(SmallCohort cohort) : IClassFixture<SmallCohort>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Of_the_last_four_layers_only_the_two_with_weights_move()
    {
        using var scope = new TensorScope();
        using var model = Build(Frozen());
        Assert.Equal(
            ["head.hidden.weight", "head.hidden.bias", "head.last.weight", "head.last.bias"],
            model.Store.Trainable.Select(p => p.Path)
        );
        var before = model.Store.All.ToDictionary(p => p.Path, p => p.Value.To(DType.Float32).Clone().ToArray<float>());
        using var adam = new Adam(model.Store, 0.01, new AdamOptions { WeightDecay = 0.1, Decoupled = true });
        model.Store.Training = true;
        model.Judge(Images(4)).Total.Backward();
        adam.Step();
        foreach (var (path, value) in model.Store.All)
        {
            var moved = !before[path].SequenceEqual(value.To(DType.Float32).ToArray<float>());
            var ofHead = path.StartsWith("head.", StringComparison.Ordinal);
            Assert.True(moved == ofHead, $"{path} {(moved ? "moved" : "stayed")}");
        }
        Assert.All(adam.State(), s => Assert.Contains("/head.", s.Name));
    }

    [Fact]
    public void Prepared_to_predict_a_network_gives_the_probabilities_that_it_gave()
    {
        using var scope = new TensorScope();
        using var model = Build("{name: mobilenet-v2, width: 0.25}");
        var images = Images(4);
        model.Store.Training = false;
        var before = model.Predict(images).ToArray<float>();
        model.PrepareToPredict(DType.Float32);
        Assert.Equal(DType.Float32, model.Store.Folded);
        Assert.Equal(before, model.Predict(images).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Frozen_layers_do_not_see_which_images_stand_beside_one()
    {
        using var scope = new TensorScope();
        using var model = Build(Frozen(", dropout: 0"));
        using var free = Build("{name: mobilenet-v2, width: 0.25, dropout: 0}");
        model.Store.Training = free.Store.Training = true;
        var four = Images(4);
        var two = four with { Image = four.Image.Narrow(0, 0, 2) };
        float First(IClassifier of, Batch batch) => of.Predict(batch).ToArray<float>()[0];
        Assert.Equal(First(model, four), First(model, two), 1e-5);
        Assert.NotEqual(First(free, four), First(free, two), 1e-4);
    }

    [Fact]
    public void The_auxiliary_losses_count_with_their_weight_and_in_training_only()
    {
        using var scope = new TensorScope();
        (double Total, double Class) Losses(string weight, bool training)
        {
            TorchRuntime.Seed(4);
            using var model = Build($"{{name: googlenet, auxiliary: true, auxiliary_weight: {weight}}}");
            model.Store.Training = training;
            TorchRuntime.Seed(5); // the same dropout
            var outcome = model.Judge(Images(2));
            return (outcome.Total.Item(), outcome.Class.Item());
        }
        var (none, some, twice) = (Losses("0", true), Losses("0.4", true), Losses("0.8", true));
        Assert.Equal(none.Total, none.Class, 1e-6);
        // Two cross-entropies of two classes at a random start.
        Assert.InRange(some.Total - some.Class, 0.4 * 0.5, 0.4 * 4);
        Assert.Equal(2 * (some.Total - some.Class), twice.Total - twice.Class, 1e-4);
        var judged = Losses("0.4", false);
        Assert.Equal(judged.Class, judged.Total, 1e-9);
    }

    [Fact]
    public void The_loss_is_cross_entropy_and_images_may_weigh_unequally()
    {
        using var scope = new TensorScope();
        using var model = Build("{name: mobilenet-v1, width: 0.25}");
        model.Store.Training = false;
        var batch = Images(3);
        var p = model.Predict(batch).ToArray<float>();
        double[] each = [-Math.Log(p[0]), -Math.Log(p[3]), -Math.Log(p[5])]; // targets 0, 1, 1
        Assert.Equal(each.Average(), model.Judge(batch).Total.Item(), 1e-5);
        var weighted = model.Judge(batch with { Weights = Tensor.From<float>([2f, 0.5f, 0.5f]) });
        Assert.Equal((2 * each[0] + 0.5 * each[1] + 0.5 * each[2]) / 3, weighted.Total.Item(), 1e-5);
    }

    [Theory]
    [InlineData("mobilenet-v2")]
    [InlineData("mobilenet-v1")]
    public void Published_weights_see_images_at_the_scale_they_were_trained_at(string name)
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(1); // of some draws of so small a network all images look alike
        var file = Weights(name);
        using var scaled = Build($"{{name: {name}, width: 0.25, weights: {file}}}");
        using var plain = Build($"{{name: {name}, width: 0.25}}");
        plain.Store.Load(scaled.Store.All.ToDictionary(p => p.Path, p => p.Value));
        scaled.Store.Training = plain.Store.Training = false;
        var batch = Images(2);
        float[] mean = name == "mobilenet-v1" ? [0.5f, 0.5f, 0.5f] : [0.485f, 0.456f, 0.406f];
        float[] deviation = name == "mobilenet-v1" ? [0.5f, 0.5f, 0.5f] : [0.229f, 0.224f, 0.225f];
        var byHand = (batch.Image - Tensor.From(mean, 1, 3, 1, 1)) / Tensor.From(deviation, 1, 3, 1, 1);
        var expected = plain.Predict(batch with { Image = byHand }).ToArray<float>();
        Assert.Equal(expected, scaled.Predict(batch).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.True(plain.Predict(batch).ToArray<float>().Zip(expected).Max(p => Math.Abs(p.First - p.Second)) > 1e-4);
    }

    /// <summary>As <c>weights: resnet-18</c> stands for the file that set-up made.</summary>
    [Fact]
    public void A_name_stands_for_the_file_of_that_name_in_the_folder_of_weights()
    {
        using var scope = new TensorScope();
        var named = Path.Combine(folder, "net-of-this-test.safetensors");
        File.Move(Weights("mobilenet-v2"), named);
        var before = Environment.GetEnvironmentVariable(WeightsFolder.Variable);
        Environment.SetEnvironmentVariable(WeightsFolder.Variable, folder);
        try
        {
            using var byName = Build("{name: mobilenet-v2, width: 0.25, weights: net-of-this-test}");
            using var byFile = Build($"{{name: mobilenet-v2, width: 0.25, weights: {named}}}");
            const string first = "backbone.features.0.0.weight";
            Assert.Equal(byFile.Store[first].ToArray<float>(), byName.Store[first].ToArray<float>());
        }
        finally
        {
            Environment.SetEnvironmentVariable(WeightsFolder.Variable, before);
        }
    }

    [Fact]
    public void A_run_starts_from_published_weights_resumes_and_predicts_without_their_file()
    {
        var file = Weights("mobilenet-v2");
        var change = $$"""
            method: backbone
            input: {form: raw, height: 48, width: 48}
            network: {name: mobilenet-v2, width: 0.25, weights: {{file}}, trainable: last-four, hidden: 16}
            training: {epochs: 3, batch: 5, rate: 2e-3, schedule: constant, patience: 0}
            """;
        var (whole, cut) = (new SmallRun(cohort.Cohort, Path.Combine(folder, "whole"), change), Cut(change));
        var predicted = whole.Train()[0];
        Assert.Equal(
            predicted.Rows,
            cut.Train()[0].Rows,
            (a, b) => a.Image == b.Image && a.Probabilities.SequenceEqual(b.Probabilities)
        );
        Assert.Equal(whole.Losses, cut.Losses);
        Assert.True(whole.Column("weights_moved")[^1] > 0.01);
        using (var scope = new TensorScope())
        {
            var (published, best) = (SafeTensors.Read(file), SafeTensors.Read(whole.Run.Best));
            foreach (var key in (string[])["features.0.0.weight", "features.0.1.running_mean"])
                Assert.Equal(published[key].ToArray<float>(), best[$"backbone.{key}"].ToArray<float>());
        }
        File.Delete(file);
        using var model = TrainedModel.Load(whole.Folder, Known.Methods, Device.Cpu);
        var again = model.Predict(new PatchSet(cohort.Cohort, model.Recipe.Input, null), 4);
        var row = again.Rows.Single(r => r.Image == predicted.Rows[0].Image);
        Assert.Equal(predicted.Rows[0].Probabilities, row.Probabilities, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Throws<FileNotFoundException>(() => Preflight.Of(whole.Read, 2, Device.Cpu));
    }

    /// <summary>Losses and gradients of a step, the first time and when the maps come from the disk.</summary>
    [Fact]
    public void Stored_maps_of_frozen_stages_give_the_same_numbers_within_half_precision()
    {
        using var scope = new TensorScope();
        const string network =
            "name: resnet-18-torchvision, weights: none.pth, trainable: last-1, hidden: 8, dropout: 0";
        using var plain = Build($"{{{network}}}", begin: false);
        using var stored = Build($"{{{network}, store_frozen: 1}}", begin: false);
        stored.Store.Load(plain.Store.All.ToDictionary(p => p.Path, p => p.Value));
        var batch = Images(4);
        var expected = Step(plain);
        var found = Step(stored);
        Assert.NotEqual(expected, found); // half precision shows
        Assert.Equal(expected[0], found[0], 2e-3f * expected[0]);
        // Batch normalization over sixteen values makes more of the rounding.
        var off = Math.Sqrt(expected.Zip(found, (e, f) => Math.Pow(e - f, 2)).Sum() / expected.Sum(e => (double)e * e));
        Assert.InRange(off, 0, 0.05);
        Assert.Equal(found, Step(stored)); // from the disk

        float[] Step(IClassifier model)
        {
            model.Store.Training = true;
            foreach (var (_, value) in model.Store.Trainable)
                value.Gradient?.ZeroInPlace();
            var outcome = model.Judge(batch);
            outcome.Total.Backward();
            var first = model.Store["backbone.layer4.0.conv1.weight"].Gradient!.ToArray<float>();
            return [(float)outcome.Total.Item(), .. first.Take(10_000)];
        }
    }

    [Theory]
    [InlineData("trainable: all", "", "all stages are trained; set trainable: none or last-N, or store_frozen: 0")]
    [InlineData("trainable: none", "augmentation: {hue: 0.1}", "augmentation changes colors, place or focus")]
    public void Frozen_stages_are_stored_where_there_are_some_and_images_come_again(
        string trainable,
        string more,
        string expected
    )
    {
        var text =
            $"method: backbone\nnetwork: {{name: resnet-18, weights: resnet-18, {trainable}, store_frozen: 8}}\n{more}";
        var error = Assert.Throws<RecipeException>(() => Known.Methods.Parse(text, "r.yaml"));
        Assert.Contains($"network.store_frozen is '8'; {expected}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Preflight_steps_on_no_image_that_is_too_small_for_the_network()
    {
        // A quarter of 256 pixels is less than the 75 that Inception-v3 needs.
        var recipe = (INetworkRecipe)
            Known.Methods.Parse(
                "method: backbone\ninput: {height: 256, width: 256}\nnetwork: {name: inception-v3, hidden: 8}",
                "r.yaml"
            );
        Assert.Equal(75, recipe.SmallestSide);
        Assert.True(Preflight.Of(recipe, 2, Device.Cpu).MemoryPerImage > 0);
    }

    /// <summary>A run that is stopped in its second epoch, to be trained on.</summary>
    private SmallRun Cut(string change)
    {
        using var stop = new CancellationTokenSource();
        var stopped = new SmallRun(cohort.Cohort, Path.Combine(folder, "cut"), change)
        {
            OnStep = (epoch, _) =>
            {
                if (epoch == 1)
                    stop.Cancel();
            },
        };
        Assert.Throws<OperationCanceledException>(() => stopped.Train(stop.Token));
        return new SmallRun(cohort.Cohort, stopped.Folder, change);
    }

    /// <summary>
    /// A file of a quarter as wide a network with a classifier of its own, filled by the formula of the golden values.
    /// </summary>
    private string Weights(string name)
    {
        using var store = new ParameterStore();
        KnownBackbones.Named(name).Build(store.Root, new BackboneOptions { Width = 0.25, Classes = 5 });
        GoldenBackbone.Fill(store);
        var file = Path.Combine(folder, $"{name}.safetensors");
        SafeTensors.Write(file, store.All);
        return file;
    }

    private string Frozen(string more = "") =>
        $"{{name: mobilenet-v2, width: 0.25, weights: {Weights("mobilenet-v2")}, trainable: last-four{more}}}";

    private static IClassifier Build(string network, bool begin = true)
    {
        var recipe = (INetworkRecipe)
            Known.Methods.Parse(
                $"method: backbone\ninput: {{form: raw, height: 64, width: 48}}\nnetwork: {network}",
                "r.yaml"
            );
        var model = recipe.Build(2, Device.Cpu);
        if (begin)
            recipe.Begin(model);
        return model;
    }

    private static Batch Images(int count)
    {
        var image = Tensor.From(GoldenBackbone.Draw("images", count * 3 * 64 * 48, 0.5, 0.5), count, 3, 64, 48);
        var target = Tensor.From<long>([.. Enumerable.Range(0, count).Select(i => i == 0 ? 0L : 1)]);
        return new Batch(image.Contiguous(MemoryFormat.ChannelsLast), Tensor.Ones([count, 1, 64, 48]), target, null);
    }
}
