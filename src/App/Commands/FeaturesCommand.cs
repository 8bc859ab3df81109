using System.CommandLine;
using System.Globalization;
using Coverslip.App.Cluster;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Shards;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.StoredFeatures;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip features</c>: features of a cohort's images or of slides' patches, as files.</summary>
internal static class FeaturesCommand
{
    private static readonly Argument<string[]> Inputs = new("input")
    {
        Description = "A cohort's CSV file or folder, or slides.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder: NAME.npz of a cohort, a file to each slide. A call that was stopped goes on there.",
        Required = true,
    };

    private static readonly Option<double?> Mpp = new("--mpp")
    {
        Description = "Slides: microns per pixel of patches. [default: those the encoder was trained at]",
    };

    private static readonly Option<double> MinTissue = new("--min-tissue")
    {
        Description = "Slides: least share of a patch that is tissue; with 0 any does.",
        DefaultValueFactory = _ => new SlideEncodingOptions().MinTissue,
    };

    private static readonly Option<string> Format = new("--format")
    {
        Description = $"Slides: whose layout files have: {string.Join(", ", FeatureFile.Layouts.Select(l => l.Name))}.",
        DefaultValueFactory = _ => FeatureFile.Layouts[0].Name,
    };

    private static readonly Option<string?> Size = new("--size")
    {
        Description =
            "HEIGHTxWIDTH that images are brought to; of slides the side of patches. [default: the encoder's side]",
    };

    private static readonly Option<bool> Gray = new("--gray")
    {
        Description = "Cohorts: images are taken for gray, as input.gray of recipes.",
    };

    private static readonly Option<int> Orientations = new("--orientations")
    {
        Description = "Features of turned and flipped images besides: 4, or 8 of squares.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Copies = new("--copies")
    {
        Description = "Features of so many copies with other colors besides.",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "The same seed recolors copies in the same way.",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "Images at a time.",
        DefaultValueFactory = _ => 32,
    };

    static FeaturesCommand()
    {
        SlideArguments.CheckMpp(Mpp);
        MinTissue.Within(0, 1);
        Batch.Within(1, 4096);
        Format.AcceptOnlyFromAmong([.. FeatureFile.Layouts.Select(l => l.Name)]);
    }

    private static readonly Option[] OfSlides =
    [
        Mpp,
        MinTissue,
        Format,
        SlideArguments.SlideMpp,
        SlideArguments.Reader,
        SlideArguments.Tissue,
        .. ShardOption.Options,
        ClusterOptions.Slurm,
    ];

    public static Command Create()
    {
        var command = new Command(
            "features",
            """
            Compute features by a pre-trained network ('coverslip encoders') once, and keep them: of a cohort's images as one NPZ
            file, which 'features.from' of the method probe takes; of tissue patches of slides as a file to each slide in the
            layout of TRIDENT, CLAM or STAMP.

            Examples:
              coverslip features resnet-18 colon/cohort.csv --out features --size 336x496 --deviations
              coverslip features uni=/data/uni.pth slides/*.svs --out features/uni --format stamp
              coverslip features resnet-18 a.tif --mpp 0.5 --out features --orientations 8 --copies 4
              coverslip features show features/a.h5
              coverslip features convert features/a.h5 --format clam --out for-clam/a.h5
            """
        )
        {
            EncodersCommand.Named,
            Inputs,
            Out,
            EncodersCommand.Layers,
            EncodersCommand.Deviations,
            Size,
            Gray,
            Orientations,
            Copies,
            Seed,
            Batch,
            FolderCohort.ImageIsPatient,
            DeviceOption.Device,
        };
        foreach (var option in OfSlides.Except([.. ShardOption.Options, ClusterOptions.Slurm]))
            command.Options.Add(option);
        ShardOption.AddTo(command);
        command.SetAction(Run);
        command.Subcommands.Add(FeatureFileCommands.CreateShow());
        command.Subcommands.Add(FeatureFileCommands.CreateConvert());
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var device = DeviceOption.Of(parsed);
        var inputs = parsed.GetRequiredValue(Inputs);
        var views = new FeatureViews
        {
            Orientations = parsed.GetValue(Orientations),
            Copies = parsed.GetValue(Copies),
            Seed = parsed.GetValue(Seed),
        };
        var ofCohort = inputs.FirstOrDefault(IsCohort);
        if (ofCohort is not null)
            CheckCohort(parsed, inputs, ofCohort);
        else if (parsed.GetValue(Gray))
            throw new ArgumentException("--gray is for cohorts of images; slides are in color: leave it out");
        using var encoder = Encoder.Open(
            parsed.GetRequiredValue(EncodersCommand.Named),
            new EncoderOptions
            {
                Layers = parsed.GetValue(EncodersCommand.Layers) ?? [],
                Deviations = parsed.GetValue(EncodersCommand.Deviations),
                Size = SizeOf(parsed.GetValue(Size)),
                Device = device,
                Batch = parsed.GetValue(Batch),
            }
        );
        return ofCohort is not null
            ? RunCohort(parsed, encoder, ofCohort, views)
            : RunSlides(parsed, encoder, inputs, views);
    }

    private static int RunCohort(ParseResult parsed, Encoder encoder, string input, FeatureViews views)
    {
        var cohort = FolderCohort.Load(input, CohortChecks.Files, parsed.GetValue(FolderCohort.ImageIsPatient));
        var path = Path.Combine(
            parsed.GetRequiredValue(Out),
            Path.GetFileNameWithoutExtension(cohort.Path) + FeatureFile.Layout("npz").Extension
        );
        var options = new CohortEncodingOptions
        {
            Gray = parsed.GetValue(Gray),
            Views = views,
            Batch = parsed.GetValue(Batch),
        };
        using var stop = new StopSignal();
        using var line = new Line("images");
        var made = new CohortEncoding(encoder, options, DeviceOption.Of(parsed)).Run(
            cohort,
            path,
            line.Report,
            stop.Token
        );
        line.Dispose();
        Console.WriteLine(
            made
                ? $"wrote {path}: {cohort.Rows.Count} images, {encoder.Features} features each{Further(views)}"
                : $"{path} is there already, of the same images and encoder"
        );
        Console.WriteLine(encoder.Identity);
        return 0;
    }

    private static int RunSlides(ParseResult parsed, Encoder encoder, string[] slides, FeatureViews views)
    {
        var prediction = new SlideEncoding(
            encoder,
            new SlideEncodingOptions
            {
                Mpp = parsed.GetValue(Mpp),
                MinTissue = parsed.GetValue(MinTissue),
                Views = views,
                Layout = FeatureFile.Layout(parsed.GetRequiredValue(Format)),
                Batch = parsed.GetValue(Batch),
            },
            DeviceOption.Of(parsed)
        );
        var folder = parsed.GetRequiredValue(Out);
        var tissue = SlideArguments.TissueFolder(parsed);
        var walk = new SlideWalk(prediction, folder)
        {
            Opening = SlideArguments.Opening(parsed),
            TissueOf = tissue is null ? null : tissue.Tissue,
        };
        if (ClusterOptions.Of(parsed) is { } request)
            return ShardSlurm.Submit(
                parsed,
                request,
                folder,
                slides,
                new ShardedWork(walk.Opening, PredictSlides.CostOf(tissue), walk.Try)
            );
        using var stop = new StopSignal();
        using var shown = new PredictSlides.Shown(prediction.Unit);
        if (ShardOption.Of(parsed) is { } shard)
        {
            var own = ShardOption.SlidesOf(shard, folder, slides, walk.Opening, PredictSlides.CostOf(tissue));
            return ShardOption.Ended(folder, shard, (own.Count, walk.RunShare(slides, own, shown, stop.Token)));
        }
        var summary = parsed.GetValue(ShardOption.Merge)
            ? walk.Merge(slides, ShardFailures.Read(folder), shown)
            : walk.Run(slides, shown, stop.Token);
        if (summary.Failures.Count > 0)
            Console.Error.WriteLine($"{summary.Failures.Count} of {slides.Length} slides failed");
        if (summary.Outcomes.Count > 0)
            Console.WriteLine($"wrote {folder}{Further(views)}\n{encoder.Identity}");
        return summary.Failures.Count == 0 ? 0 : 1;
    }

    private static bool IsCohort(string input) =>
        Directory.Exists(input) || Path.GetExtension(input).Equals(".csv", StringComparison.OrdinalIgnoreCase);

    private static void CheckCohort(ParseResult parsed, string[] inputs, string cohort)
    {
        if (inputs.Length > 1)
            throw new ArgumentException(
                $"{cohort} is a cohort, and {inputs.Length - 1} more were given beside it; give one cohort, or slides"
            );
        string[] given = [.. OfSlides.Where(o => parsed.GetResult(o) is { Implicit: false }).Select(o => o.Name)];
        if (given.Length > 0)
            throw new ArgumentException(
                $"{string.Join(", ", given)}: for slides, and {cohort} is a cohort, whose images are taken as they are; leave it out"
            );
    }

    private static string Further(FeatureViews views) =>
        views.Names.Count > 1
            ? $", and of {views.Names.Count - 1} further views: {string.Join(", ", views.Names.Skip(1))}"
            : "";

    private static (int Height, int Width)? SizeOf(string? text)
    {
        if (text is null)
            return null;
        var sides = text.Split('x');
        int Side(string side) =>
            int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out var pixels)
            && pixels is >= 16 and <= 16_384
                ? pixels
                : throw new ArgumentException(
                    $"--size {text}: expected is HEIGHTxWIDTH, such as 224x320, each 16 to 16384"
                );
        return sides.Length == 2
            ? (Side(sides[0]), Side(sides[1]))
            : throw new ArgumentException($"--size {text}: expected is HEIGHTxWIDTH, such as 224x320");
    }

    /// <summary>A line of progress whose total shows with the first report; what an earlier call did counts for no time.</summary>
    private sealed class Line(string unit) : IDisposable
    {
        private ProgressLine? line;
        private int first = -1;

        public void Report(int done, int all)
        {
            if (first < 0)
                (line, first) = (new ProgressLine("features", all - done, unit), done);
            line!.Report(done - first);
        }

        public void Dispose() => line?.Dispose();
    }
}
