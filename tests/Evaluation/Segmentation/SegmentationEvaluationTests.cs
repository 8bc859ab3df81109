using Coverslip.Evaluation.Segmentation;

namespace Coverslip.Evaluation.Tests.Segmentation;

/// <summary>Figures of pixels against scikit-learn (golden/segmentation.py), their intervals, and their file.</summary>
public sealed class SegmentationEvaluationTests
{
    [Fact]
    public void Figures_equal_scikit_learns_of_the_same_pixels()
    {
        var golden = Golden.Of("segmentation.json");
        var figures = SegmentationEvaluation.Of(Images("probabilities"));
        Assert.Equal(SegmentationEvaluation.Keys, figures.Select(f => f.Key));
        foreach (var (key, figure) in figures)
        {
            Assert.Equal(golden.GetProperty(key).GetDouble(), figure.Value!.Value, 1e-12);
            Assert.True(figure.Low < figure.Value && figure.Value < figure.High, $"{key}: {figure}");
        }
    }

    [Fact]
    public void A_thousand_bins_cost_less_than_a_thousandth_of_average_precision()
    {
        var all = new PixelHistogram();
        foreach (var image in Images("exact_probabilities"))
            all.Add(image.Pixels);
        Assert.Equal(Golden.Of("segmentation.json").GetProperty("exact").GetDouble(), all.AveragePrecision(), 1e-3);
    }

    [Fact]
    public void A_histogram_counted_twice_has_the_same_figures()
    {
        foreach (var image in Images("probabilities"))
        {
            var twice = new PixelHistogram();
            twice.Add(image.Pixels, times: 2);
            Assert.Equal(image.Pixels.AveragePrecision(), twice.AveragePrecision(), 1e-12);
            Assert.Equal(image.Pixels.At().F1, twice.At().F1);
            Assert.Equal(2 * image.Pixels.At().TruePositives, twice.At().TruePositives);
        }
    }

    [Fact]
    public void One_half_is_foreground_and_what_is_no_probability_is_refused()
    {
        var pixels = new PixelHistogram();
        pixels.Add(0.5, isForeground: true);
        pixels.Add(0.4999, isForeground: true);
        pixels.Add(1, isForeground: false);
        Assert.Equal(new PixelCounts(1, 1, 1, 0), pixels.At());
        Assert.Contains("1.2", Assert.Throws<ArgumentException>(() => pixels.Add(1.2, true)).Message);
        Assert.Throws<ArgumentException>(() => pixels.Add(double.NaN, true));
    }

    [Fact]
    public void An_image_without_foreground_in_truth_and_calls_has_a_Dice_of_one_and_alone_no_F1()
    {
        var empty = new PixelHistogram();
        empty.Add(0.1, isForeground: false);
        var figures = SegmentationEvaluation.Of([new SegmentedImage("a", "p", empty)]).ToDictionary();
        Assert.Equal(1, figures[SegmentationEvaluation.Dice].Value);
        Assert.Equal("no tested pixel is foreground", figures[SegmentationEvaluation.F1].Reason);
    }

    [Fact]
    public void The_file_keeps_every_count_and_a_damaged_row_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "pixels.csv");
        SegmentedImage.Write(path, Images("probabilities"));
        var read = SegmentedImage.Read(path);
        foreach (var (wanted, given) in Images("probabilities").Zip(read))
        {
            Assert.Equal((wanted.Image, wanted.Patient), (given.Image, given.Patient));
            Assert.Equal(wanted.Pixels.Foreground, given.Pixels.Foreground);
            Assert.Equal(wanted.Pixels.Background, given.Pixels.Background);
        }
        File.AppendAllText(path, "a,b,1000,1,1\n");
        var error = Assert.Throws<InvalidDataException>(() => SegmentedImage.Read(path));
        Assert.Contains("bin is '1000'; it is a whole number from 0 to 999", error.Message);
    }

    private static SegmentedImage[] Images(string probabilities)
    {
        var golden = Golden.Of("segmentation.json");
        var (truth, scores) = (golden.GetProperty("truth"), golden.GetProperty(probabilities));
        return
        [
            .. golden
                .GetProperty("patients")
                .EnumerateArray()
                .Select(
                    (patient, i) =>
                    {
                        var pixels = new PixelHistogram();
                        foreach (var (set, score) in truth[i].EnumerateArray().Zip(scores[i].EnumerateArray()))
                            pixels.Add(score.GetDouble(), set.GetInt32() == 1);
                        return new SegmentedImage($"image, {i}", patient.GetString()!, pixels);
                    }
                ),
        ];
    }
}
