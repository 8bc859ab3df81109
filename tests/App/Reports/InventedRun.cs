using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Reports;

/// <summary>A cohort of tiny painted images with masks, and run folders over it as a training leaves them.</summary>
internal sealed class InventedRun : IDisposable
{
    public const string Negative = "benign";

    /// <summary>A class that would be markup if it were not encoded.</summary>
    public const string Positive = "worse <script>alert(1)</script> & \"more\"";

    private const string MetricsHeader =
        "epoch,seconds,rate,train_loss,train_class_loss,train_reconstruction,validation_loss,validation_class_loss,"
        + "validation_reconstruction,validation_accuracy,validation_auc,weights_moved\n";

    private readonly string[] classes;
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-report-").FullName;

    /// <param name="patients">Each has two images, both of one class; classes take turns.</param>
    /// <param name="classes">In ordinal order; <see cref="Negative"/> and <see cref="Positive"/> if null.</param>
    public InventedRun(int patients = 8, string[]? classes = null)
    {
        this.classes = classes ?? [Negative, Positive];
        var rows = new List<CohortRow>();
        for (var p = 0; p < patients; p++)
        {
            for (var i = 0; i < 2; i++)
            {
                var name = $"p{p}-{i}";
                Paint(name, p, i);
                rows.Add(
                    new CohortRow(0, $"{name}.png", this.classes[p % this.classes.Length], $"patient {p}")
                    {
                        Mask = $"{name}-mask.png",
                    }
                );
            }
        }
        CohortFile.Write(At("cohort.csv"), rows, []);
        Cohort = Cohort.Load(At("cohort.csv"));
        Run = Path.Combine(folder, "run");
        Directory.CreateDirectory(Run);
        File.WriteAllText(Path.Combine(Run, "recipe.yaml"), "method: saganet  # <b>rate</b> & more\n");
    }

    public Cohort Cohort { get; }

    public string Run { get; }

    public string At(string name) => Path.Combine(folder, name);

    /// <summary>Leaves what a trained part does; a true class has 0.8, <paramref name="wrong"/> 0.2.</summary>
    public void Train(
        Func<RunDescription, RunDescription> change,
        Predicate<CohortRow> tested,
        Predicate<CohortRow>? wrong = null
    )
    {
        var description = change(Description);
        var part = TrainingSession.PartFolder(Run, description.Part - 1, description.Parts);
        Directory.CreateDirectory(part);
        description.Write(Path.Combine(part, "run.json"));
        var predictions = Predict(tested, wrong ?? (_ => false));
        predictions.Write(Path.Combine(part, "predictions.csv"));
        predictions.Write(Path.Combine(part, "validation.csv"));
        File.WriteAllText(
            Path.Combine(part, "metrics.csv"),
            MetricsHeader
                + "0,1.5,0.001,0.9,0.6,0.3,1,0.7,0.3,0.5,,0.01\n1,3,0.0009,0.5,0.3,0.2,0.6,0.4,0.2,0.75,0.8,0.02\n"
        );
    }

    public Predictions Predict(Predicate<CohortRow> tested, Predicate<CohortRow> wrong) =>
        new(
            classes,
            [
                .. Cohort
                    .Rows.Where(r => tested(r))
                    .Select(r =>
                    {
                        var decided = (Array.IndexOf(classes, r.Label) + (wrong(r) ? 1 : 0)) % classes.Length;
                        double[] probabilities =
                        [
                            .. classes.Select((_, c) => c == decided ? 0.8 : 0.2 / (classes.Length - 1)),
                        ];
                        return new Prediction(r.Image, r.Patient, r.Label, classes[decided], probabilities);
                    }),
            ]
        );

    public static int NumberOf(CohortRow row) => int.Parse(row.Patient.Split(' ')[1]);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private RunDescription Description =>
        new()
        {
            CohortHash = "0123abcd",
            Classes = classes,
            Positive = Positive,
            Threshold = 0.5,
            SourceChannels = 3,
            ScaleLow = 1,
            ScaleHigh = 1,
            Seed = 7,
            Part = 1,
            Parts = 1,
            Parameters = 1_957_446,
            Epochs = 2,
            BestEpoch = 1,
            TrainingSeconds = 3,
            WeightsMoved = 0.02,
            EmptyMasks = 1,
            Images = 16,
            PeakMemory = 512,
            Versions = "coverslip 0.1.0, libtorch 1.13.1",
        };

    private void Paint(string name, int patient, int number)
    {
        using var image = new Image(40, 30);
        using var mask = new Image(40, 30, channels: 1);
        for (var i = 0; i < 40 * 30; i++)
        {
            (image.WritablePixels[3 * i], image.WritablePixels[3 * i + 1], image.WritablePixels[3 * i + 2]) = (
                (byte)(120 + 10 * patient),
                (byte)(60 + 40 * number),
                (byte)(i % 40 * 6)
            ); // bluer to the right
            mask.WritablePixels[i] = i % 40 < 20 ? byte.MaxValue : (byte)0;
        }
        ImageFile.Write(At($"{name}.png"), image);
        ImageFile.Write(At($"{name}-mask.png"), mask);
    }
}
