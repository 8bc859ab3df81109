using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>The text of run.json and figures.json, which programs of others read.</summary>
public sealed class RunFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_description_leaves_out_what_does_not_apply_and_rounds_times()
    {
        var path = Path.Combine(folder, "run.json");
        var least = new RunDescription
        {
            CohortHash = "ab",
            Classes = ["µ", "y"],
            SourceChannels = 3,
            ScaleLow = 1,
            ScaleHigh = 1.5,
            Seed = 7,
            Part = 1,
            Parts = 2,
            Parameters = 0,
            Epochs = 0,
            BestEpoch = -1,
            TrainingSeconds = 1.23456,
            EmptyMasks = 0,
            Images = 10,
            PeakMemory = 99.96,
            Versions = "1",
        };
        least.Write(path);
        Assert.Equal(
            """
            {
              "cohort_hash": "ab",
              "classes": [
                "\u00B5",
                "y"
              ],
              "source_channels": 3,
              "scale_low": 1,
              "scale_high": 1.5,
              "seed": 7,
              "part": 1,
              "parts": 2,
              "parameters": 0,
              "epochs": 0,
              "best_epoch": -1,
              "training_seconds": 1.235,
              "empty_masks": 0,
              "images": 10,
              "peak_memory_mib": 100,
              "versions": "1"
            }
            """,
            File.ReadAllText(path)
        );
        var read = RunDescription.Read(path);
        Assert.Equal((null, false, 0, null), (read.Threshold, read.ImageWise, read.StainsKept, read.WeightsMoved));

        var most = least with
        {
            Positive = "y",
            Threshold = 0.25,
            Thresholds = [0.5, 0.75],
            Mpp = 0.5,
            MaskRules = "{}",
            ImageWise = true,
            WeightsMoved = 0.125,
            WaitingShare = 0.33333,
            StainsKept = 4,
        };
        most.Write(path);
        Assert.Contains(
            """
              "weights_moved": 0.125,
              "waiting_share": 0.3333,
              "empty_masks": 0,
              "images": 10,
              "stains_kept": 4,
            """,
            File.ReadAllText(path)
        );
        read = RunDescription.Read(path);
        Assert.Equal(
            ("y", 0.25, 0.5, "{}", true, 0.125, 0.3333, 4),
            (
                read.Positive,
                read.Threshold,
                read.Mpp,
                read.MaskRules,
                read.ImageWise,
                read.WeightsMoved,
                read.WaitingShare,
                read.StainsKept
            )
        );
        Assert.Equal([0.5, 0.75], read.Thresholds!);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"cohort_hash":"ab"}""")]
    [InlineData("""{"cohort_hash":""")]
    public void Another_file_is_no_description(string text)
    {
        var path = Path.Combine(folder, "run.json");
        File.WriteAllText(path, text);
        var error = Assert.Throws<InvalidDataException>(() => RunDescription.Read(path));
        Assert.StartsWith($"{path} is no description of a run: ", error.Message);
    }

    [Fact]
    public void Figures_come_before_counts_with_a_reason_where_there_is_none()
    {
        var figures = new RunFigures(
            [("froc", new Estimate(0.5, 0.25, 1)), ("auc", Estimate.Undefined("one class"))],
            [("slides", 3)]
        );
        figures.Write(folder);
        Assert.Equal(
            """
            {
              "froc": {
                "value": 0.5,
                "low": 0.25,
                "high": 1
              },
              "auc": {
                "value": null,
                "low": null,
                "high": null,
                "reason": "one class"
              },
              "slides": 3
            }
            """,
            File.ReadAllText(Path.Combine(folder, RunFigures.FileName))
        );
        var read = RunFigures.Read(folder)!;
        Assert.Equal(figures.Figures, read.Figures);
        Assert.Equal(figures.Counts, read.Counts);
        File.WriteAllText(Path.Combine(folder, RunFigures.FileName), """{"froc":{"value":1}}""");
        Assert.Throws<InvalidDataException>(() => RunFigures.Read(folder));
    }
}
