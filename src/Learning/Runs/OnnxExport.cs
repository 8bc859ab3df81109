using System.Globalization;
using System.Text.Json;
using Coverslip.Files;
using Coverslip.Learning.Encoders;
using Coverslip.Torch;
using Coverslip.Torch.Scripts;

namespace Coverslip.Learning.Runs;

/// <summary>
/// A run as an ONNX file that ONNX Runtime, OpenCV and others compute: images [B, 3, H, W] in [0, 1] to probabilities
/// [B, classes], with everything that the run does to pixels of the network's size inside.
/// </summary>
public static class OnnxExport
{
    // float32 sums in another order.
    private const double Tolerance = 1e-5;

    /// <summary>Writes the file, once ONNX Runtime has opened it and says the same.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The run, on the processor.</param>
    /// <param name="part">The one part to take, from 1; null: the mean of all.</param>
    /// <param name="finding">Of a model of findings: the one to tell; null where it knows but one.</param>
    /// <exception cref="InvalidOperationException">Such a run cannot be written so; the message says why.</exception>
    public static void Write(string path, TrainedModel model, int? part = null, string? finding = null)
    {
        var run = new RecordedRun(model, part, finding, "an ONNX file");
        var (height, width) = (model.Recipe.Input.Height, model.Recipe.Input.Width);
        using var scope = new TensorScope();
        var images = OnnxFile.Example(height, width);
        try
        {
            // Nobody is to take what is not the model: the file takes its place once it is looked at.
            WholeFile.WriteAt(
                path,
                written =>
                {
                    OnnxFile.Save(written, run.Stores, run.Probabilities, images, About(model, run));
                    Check(path, written, run, [3, 3, height, width]);
                }
            );
        }
        catch (NotSupportedException error)
        {
            throw new InvalidOperationException(
                $"this run cannot be written as ONNX: its network computes {error.Message}, which has no form here; runs of published networks (densenet, googlenet, inception-v3, mobilenet, nasnet, resnet) and SagaNet have one, and --torchscript writes the others for libtorch",
                error
            );
        }
    }

    private static Dictionary<string, string> About(TrainedModel model, RecordedRun run) =>
        new()
        {
            ["classes"] = JsonSerializer.Serialize(run.Classes),
            ["images"] = "red, green, blue in [0, 1]",
            ["mpp"] = model.Description.Mpp?.ToString(CultureInfo.InvariantCulture) ?? "",
        };

    private static void Check(string path, string written, RecordedRun run, long[] shape)
    {
        using var quiet = new NoGradient();
        using var session = OnnxSession.Open(written, Device.Cpu);
        var images = Tensor.Rand(shape);
        var said = OnnxSession.Run(session, images, [OnnxFile.Output])[0].ToArray<float>();
        var own = run.Probabilities(images.Contiguous(MemoryFormat.ChannelsLast)).ToArray<float>();
        var off = own.Zip(said, (a, b) => Math.Abs(a - b)).Max();
        if (!(off <= Tolerance))
            throw new InvalidDataException(
                FormattableString.Invariant(
                    $"{path}: ONNX Runtime's probabilities differ from the model's by {off:0.0e+0}, at most {Tolerance:0.0e+0} is float32's; please report this"
                )
            );
    }
}
