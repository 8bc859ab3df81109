using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Methods.SagaNet;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.SagaNet;

/// <summary>What is shown of a network's inside is what its tensors hold.</summary>
[NoTensorLeaks]
public sealed class InsideTests
{
    private const int Side = 32;

    private static readonly SagaNetRecipe Recipe = new()
    {
        Input = new InputOptions
        {
            Height = Side,
            Width = Side,
            Standardize = true,
        },
        Network = new SagaNetOptions
        {
            StemFilters = 4,
            Growth = 2,
            FeatureKinds = 2,
            FeatureSize = 3,
            ClassSize = 4,
        },
    };

    /// <summary>Random colors, valid on the left half, of two images.</summary>
    private static RawBatch Images()
    {
        var random = new Random(7);
        var pixels = new byte[2 * Side * Side * 4];
        random.NextBytes(pixels);
        for (var p = 0; p < 2 * Side * Side; p++)
            pixels[(p * 4) + 3] = (byte)(p % Side < Side / 2 ? 255 : 0);
        return new RawBatch(pixels, [0, 1])
        {
            Patches =
            [
                .. Enumerable
                    .Range(0, 2)
                    .Select(i => new Patch(new CohortRow(i + 2, $"{i}.png", "a", "p"), i, false)
                    {
                        Source = new SourceImage(3, 1),
                    }),
            ],
        };
    }

    private static IReadOnlyList<InnerView> Look(
        SagaNetClassifier classifier,
        RawBatch raw,
        SagaNetRecipe? recipe = null
    )
    {
        using var inference = new Inference();
        using var scope = new TensorScope();
        classifier.Store.Training = false;
        var (image, mask) = BatchReader.Pixels(raw.Pixels, 2, (recipe ?? Recipe).Input, Device.Cpu);
        var batch = new Batch(image, mask, Tensor.From<long>([0L, 1L]), null);
        return classifier.LookInto(raw, batch, patch => patch.Label == 1);
    }

    private static double Figure(InnerView view, string name) => view.Figures.Single(f => f.Name == name).Value;

    [Fact]
    public void Gates_that_are_shut_in_one_layer_are_told_of_that_layer()
    {
        using var classifier = new SagaNetClassifier(Recipe, 2, Device.Cpu);
        using (new Inference())
        using (new TensorScope())
        {
            var norm = classifier.Store.All.Where(p => p.Path is "stem.norm.weight" or "stem.norm.bias").ToArray();
            var values = norm.ToDictionary(p => p.Path, p => p.Value.ToArray<float>());
            // Features come first, gates second: without slope a gate is what its offset says.
            for (var gate = 4; gate < 8; gate++)
                (values["stem.norm.weight"][gate], values["stem.norm.bias"][gate]) = (0, gate == 4 ? 2 : -2);
            classifier.Store.Load(
                classifier.Store.All.ToDictionary(
                    p => p.Path,
                    p => values.TryGetValue(p.Path, out var own) ? Tensor.From<float>(own, own.Length) : p.Value
                )
            );
        }
        foreach (var view in Look(classifier, Images()))
            using (view)
            {
                double open = 1 / (1 + Math.Exp(-2)),
                    shut = 1 - open;
                Assert.Equal((open + (3 * shut)) / 4, Figure(view, "gate_stem_inside"), 1e-5);
                Assert.Equal((open + (3 * shut)) / 4, Figure(view, "gate_stem_outside"), 1e-5);
                Assert.InRange(Figure(view, "gate_block_1_inside"), 0.2, 0.8);
                Assert.Equal(0.5, Figure(view, "mask_share"));
            }
    }

    [Fact]
    public void Pictures_are_of_those_asked_for_and_in_the_images_own_colors()
    {
        using var classifier = new SagaNetClassifier(Recipe, 2, Device.Cpu);
        var raw = Images();
        var views = Look(classifier, raw);
        Assert.Empty(views[0].Pictures);
        Assert.Equal(
            [
                "input",
                "reconstruction",
                "error",
                "gates-stem",
                "gates-block-1",
                "gates-block-2",
                "gates-block-3",
                "gates-block-4",
            ],
            views[1].Pictures.Select(p => p.Kind)
        );
        var input = views[1].Pictures[0].Picture.Pixels;
        for (var p = 0; p < Side * Side; p++)
        for (var c = 0; c < 3 && p % Side < Side / 2; c++)
            Assert.InRange(input[(p * 3) + c] - raw.Pixels[(((Side * Side) + p) * 4) + c], -1, 1);
        Assert.Equal(2, views[1].PerClass.Values.Count);
        foreach (var view in views)
            view.Dispose();
    }

    [Fact]
    public void Below_a_stem_that_scales_images_pictures_keep_the_images_own_colors()
    {
        var learned = Recipe with
        {
            Input = Recipe.Input with { Standardize = false },
            Network = Recipe.Network with
            {
                Stem = new StemOptions { Kind = KnownBackbones.Named("resnet-18") },
                Blocks = [1, 1],
            },
        };
        using var classifier = new SagaNetClassifier(learned, 2, Device.Cpu);
        var raw = Images();
        var views = Look(classifier, raw, learned);
        var input = views[1].Pictures.Single(p => p.Kind == "input").Picture.Pixels;
        for (var p = 0; p < Side * Side; p++)
        for (var c = 0; c < 3 && p % Side < Side / 2; c++)
            Assert.InRange(input[(p * 3) + c] - raw.Pixels[(((Side * Side) + p) * 4) + c], -1, 1);
        foreach (var view in views)
            view.Dispose();
    }

    [Fact]
    public void Errors_are_those_of_the_reconstruction_that_the_loss_is_of()
    {
        using var classifier = new SagaNetClassifier(Recipe, 2, Device.Cpu);
        var raw = Images();
        var views = Look(classifier, raw);
        using (new Inference())
        using (new TensorScope())
        {
            var (image, mask) = BatchReader.Pixels(raw.Pixels, 2, Recipe.Input, Device.Cpu);
            var loss = classifier
                .Judge(new Batch(image, mask, Tensor.From<long>([0L, 1L]), null))
                .Reconstruction!.Item();
            // The loss counts in deviations of each image's channels over its valid pixels.
            var mean = views.Average(v => Figure(v, "reconstruction_error_inside") / Figure(v, "flat_error_inside"));
            Assert.Equal(loss, mean, 0.02 * loss);
        }
        foreach (var view in views)
            view.Dispose();
    }
}
