using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Torch;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>What a level of a network is like before and after pre-training.</summary>
/// <param name="Level">Such as <c>encoder.4</c>, the bottleneck of a depth of 4.</param>
/// <param name="Numbers">Numbers in its weights.</param>
/// <param name="SizeBefore">Root mean square of the weights.</param>
/// <param name="SizeAfter">The same afterwards.</param>
/// <param name="Moved">‖w − w₀‖ / ‖w₀‖.</param>
/// <param name="GradientBefore">Root mean square of the loss's gradient over the measured windows.</param>
/// <param name="GradientAfter">The same afterwards.</param>
internal sealed record LevelEffect(
    string Level,
    long Numbers,
    double SizeBefore,
    double SizeAfter,
    double Moved,
    double GradientBefore,
    double GradientAfter
);

/// <summary>Mean squared errors of reconstructions, over the measured windows, pixels in [0, 1].</summary>
/// <param name="Intact">Of the network.</param>
/// <param name="WithoutBottleneck">With the deepest level's output set to zero.</param>
/// <param name="MeanColor">Of each window's mean color instead of a reconstruction.</param>
internal sealed record ReconstructionErrors(double Intact, double WithoutBottleneck, double MeanColor);

/// <summary>
/// Measures what Pasumarthi &amp; Jaiswal describe (sec. III.3): that with the outermost skip connection a reconstruction needs
/// no deep level, so that those hardly learn.
/// </summary>
internal sealed class SkipEffect(IReadOnlyList<Batch> windows)
{
    internal const string LevelsName = "skips.csv";
    internal const string ErrorsName = "skip-errors.csv";

    private static readonly string[] LevelsColumns =
    [
        "skips",
        "level",
        "numbers",
        "weight_rms_before",
        "weight_rms_after",
        "moved",
        "gradient_rms_before",
        "gradient_rms_after",
    ];

    private static readonly string[] ErrorsColumns =
    [
        "skips",
        "error",
        "error_without_bottleneck",
        "error_of_mean_color",
    ];

    /// <summary>Each level of a network that has learned, in the order of the forward pass.</summary>
    internal IReadOnlyList<LevelEffect> Levels(SelfSupervisedNetwork before, SelfSupervisedNetwork after)
    {
        var (first, last) = (Gradients(before), Gradients(after));
        using var off = new NoGradient();
        using var scope = new TensorScope();
        return
        [
            .. after
                .Store.Trainable.GroupBy(p => LevelOf(p.Path))
                .OrderBy(g => Order(g.Key, after.Options.Depth))
                .Select(level =>
                {
                    var numbers = level.Sum(p => p.Value.Count);
                    double Rms(Func<string, double> squares) => Math.Sqrt(level.Sum(p => squares(p.Path)) / numbers);
                    var size = Rms(path => Squares(before.Store[path]));
                    return new LevelEffect(
                        level.Key,
                        numbers,
                        size,
                        Rms(path => Squares(after.Store[path])),
                        Rms(path => Squares(after.Store[path] - before.Store[path])) / size,
                        Rms(path => first[path]),
                        Rms(path => last[path])
                    );
                }),
        ];
    }

    /// <summary>How well a network reconstructs, with its deepest level and without.</summary>
    internal ReconstructionErrors Errors(SelfSupervisedNetwork network)
    {
        network.Store.Training = false;
        using var inference = new Inference();
        var bottleneck = $"encoder.{network.Options.Depth}";
        double[] sums = [0, 0, 0];
        var images = 0L;
        foreach (var batch in windows)
        {
            using var scope = new TensorScope();
            double Error(Tensor given) => Losses.MeanSquared(given, batch.Image).Item() * batch.Size;
            sums[0] += Error(network.Forward(batch.Image).Reconstruction);
            sums[1] += Error(
                network
                    .Forward(
                        batch.Image,
                        (level, map) =>
                        {
                            if (level == bottleneck)
                                map.ZeroInPlace();
                        }
                    )
                    .Reconstruction
            );
            sums[2] += Error(batch.Image.Mean([2, 3], keep: true).Expand(batch.Image.Shape));
            images += batch.Size;
        }
        return new ReconstructionErrors(sums[0] / images, sums[1] / images, sums[2] / images);
    }

    /// <summary>Writes both tables into a folder.</summary>
    internal static void Write(
        string folder,
        IReadOnlyList<(string Skips, IReadOnlyList<LevelEffect> Levels, ReconstructionErrors Errors)> measured
    )
    {
        static IEnumerable<string> Numbers(params double[] numbers) => numbers.Select(n => CsvTable.Text(n));
        CsvTable.Write(
            Path.Combine(folder, LevelsName),
            LevelsColumns,
            measured.SelectMany(m =>
                m.Levels.Select(l =>
                    (IEnumerable<string>)
                        [
                            m.Skips,
                            l.Level,
                            $"{l.Numbers}",
                            .. Numbers(l.SizeBefore, l.SizeAfter, l.Moved, l.GradientBefore, l.GradientAfter),
                        ]
                )
            )
        );
        CsvTable.Write(
            Path.Combine(folder, ErrorsName),
            ErrorsColumns,
            measured.Select(m =>
                Numbers(m.Errors.Intact, m.Errors.WithoutBottleneck, m.Errors.MeanColor).Prepend(m.Skips)
            )
        );
    }

    /// <summary>Squares of the gradient of the mean loss over all windows, by path.</summary>
    private Dictionary<string, double> Gradients(SelfSupervisedNetwork network)
    {
        network.Store.Training = true;
        network.Store.ClearGradients();
        foreach (var batch in windows)
        {
            using var scope = new TensorScope();
            (network.Judge(batch).Total * (1.0 / windows.Count)).Backward();
        }
        using var off = new NoGradient();
        using var sums = new TensorScope();
        var squares = network.Store.Trainable.ToDictionary(
            p => p.Path,
            p => p.Value.Gradient is { } gradient ? Squares(gradient) : 0
        );
        network.Store.ClearGradients();
        return squares;
    }

    private static string LevelOf(string path) =>
        path.StartsWith("last", StringComparison.Ordinal) ? "last" : string.Join('.', path.Split('.')[..2]);

    /// <summary>Down through the encoder, up through the decoder, the last layer.</summary>
    private static int Order(string level, int depth) =>
        level.Split('.') switch
        {
            ["encoder", var number] => int.Parse(number, CultureInfo.InvariantCulture),
            ["decoder", var number] => (2 * depth) - int.Parse(number, CultureInfo.InvariantCulture),
            _ => (2 * depth) + 1,
        };

    private static double Squares(Tensor tensor)
    {
        using var scope = new TensorScope();
        return tensor.To(DType.Float64).Square().Sum().Item();
    }
}
