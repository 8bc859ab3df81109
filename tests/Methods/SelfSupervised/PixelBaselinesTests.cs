using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.Tests.SelfSupervised;

/// <summary>Models that see one pixel, on images whose pixels tell everything, or nothing.</summary>
[Torch.Tests.NoTensorLeaks]
public sealed class PixelBaselinesTests : IDisposable
{
    private const int Side = 48;
    private readonly SmallMasks small = new();

    public void Dispose() => small.Dispose();

    [Theory]
    [InlineData(60, 200)] // dark foreground, as stained nuclei are
    [InlineData(200, 60)] // bright foreground, as lumina are
    public void Otsus_threshold_finds_the_side_that_is_foreground(byte foreground, byte background)
    {
        var figures = Judged("brightness-threshold", foreground, background);
        Assert.Equal(1, figures["pixel_f1"]!.Value, 1e-6);
        Assert.Null(figures["reconstruction_error"]);
    }

    [Fact]
    public void All_foreground_finds_all_and_is_as_precise_as_there_is_foreground()
    {
        var figures = Judged("all-foreground", 60, 200);
        Assert.Equal(1, figures["pixel_recall"]!.Value, 1e-6);
        Assert.Equal(0.25, figures["pixel_precision"]!.Value, 1e-6);
    }

    [Fact]
    public void A_pixels_color_is_learned_by_the_training_loop() =>
        Assert.InRange(
            Judged("pixel-color", 60, 200, "training: {epochs: 10, batch: 4, rate: 0.1}")["pixel_f1"]!.Value,
            0.99,
            1
        );

    [Fact]
    public void A_pixel_alone_reconstructs_nothing() =>
        Assert.Contains(
            "network.kind is 'pixel-color'; a pixel alone reconstructs nothing",
            Assert.Throws<RecipeException>(() => SmallMasks.Recipe("network: {kind: pixel-color, depth: 2}")).Message
        );

    /// <summary>Figures of one of four patients' images, trained on the others.</summary>
    private Dictionary<string, double?> Judged(string kind, byte foreground, byte background, string training = "")
    {
        var recipe = SmallMasks.Recipe([
            $"network: {{kind: {kind}, depth: 2}}",
            "pretraining: {epochs: 0}",
            "loss: {reconstruction_weight: 0}",
            .. training.Length > 0 ? [training] : Array.Empty<string>(),
        ]);
        var split = new Split(SplitKind.Random, "", 1, [new SplitPart(["p1", "p3"], ["p4"], ["p2"])]);
        var folder = small.Train(recipe, kind, split, cohort: Squares(foreground, background));
        return RunFigures.Read(folder)!.Figures.ToDictionary(f => f.Key, f => f.Figure.Value);
    }

    /// <summary>An image of four patients each, a quarter of it foreground.</summary>
    private Cohort Squares(byte foreground, byte background)
    {
        using var mask = new Image(Side, Side, channels: 1);
        var rows = new List<CohortRow>();
        for (byte patient = 1; patient <= 4; patient++)
        {
            using var image = new Image(Side, Side);
            for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++)
            {
                var inside = x < Side / 2 && y < Side / 2;
                // No two patients have the same picture.
                var shade = (byte)(patient + (inside ? foreground : background));
                image.WritablePixels.Slice(((y * Side) + x) * 3, 3).Fill(shade);
                mask.WritablePixels[(y * Side) + x] = inside ? byte.MaxValue : (byte)0;
            }
            ImageFile.Write(small.At($"squares/{patient}.png"), image);
            ImageFile.Write(small.At($"squares/mask-{patient}.png"), mask);
            rows.Add(new CohortRow(patient + 1, $"{patient}.png", "x", $"p{patient}") { Mask = $"mask-{patient}.png" });
        }
        CohortFile.Write(small.At("squares/cohort.csv"), rows, []);
        return Cohort.Load(small.At("squares/cohort.csv"));
    }
}
