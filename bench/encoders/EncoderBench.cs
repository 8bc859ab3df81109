using System.Runtime.InteropServices;
using System.Text.Json;
using Coverslip.Learning.Encoders;
using Coverslip.Torch;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Coverslip.Torch.Tensor;

namespace Coverslip.Bench.Encoders;

/// <summary>Features of images by pre-trained networks, ours and ONNX Runtime's; the twin of <c>bench/encoders/encoders.py</c>.</summary>
internal static class EncoderBench
{
    private const int Side = 224,
        Samples = 64;

    /// <summary><c>encoders FOLDER MODEL</c>: a JSON line for <c>--who</c> coverslip or onnxruntime.</summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "who", "steps", "precision");
        var (folder, model) = (flags.Words[0], flags.Words[1]);
        var (who, precision, runs) = (
            flags.Text("who", "coverslip"),
            flags.Text("precision", "float32"),
            flags.Int("steps", 7)
        );
        Steps.SetThreads();
        var images = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, "images.bin"))).ToArray();
        var count = images.Length / (3 * Side * Side);
        float[] values = [];
        Steps.Timed times;
        if (who == "coverslip")
        {
            var options = new EncoderOptions { Type = Steps.TypeOf(precision) };
            using var encoder = Encoder.Open($"{model}={Path.Combine(folder, model)}.pth", options);
            using var scope = new TensorScope();
            var batch = Tensor.From(images, count, 3, Side, Side).Contiguous(MemoryFormat.ChannelsLast);
            times = Steps.Times(
                runs,
                () =>
                {
                    using var each = new TensorScope();
                    values = encoder.Encode(batch).ToArray<float>();
                    return values[0];
                }
            );
        }
        else
        {
            using var options = EvaluationBench.Settings();
            using var session = new InferenceSession($"{Path.Combine(folder, model)}.onnx", options);
            NamedOnnxValue[] input =
            [
                NamedOnnxValue.CreateFromTensor("images", new DenseTensor<float>(images, [count, 3, Side, Side])),
            ];
            times = Steps.Times(
                runs,
                () =>
                {
                    using var found = session.Run(input);
                    values = [.. found[0].AsTensor<float>()];
                    return values[0];
                }
            );
        }
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    who,
                    model,
                    precision,
                    images = count,
                    values = values.Take(Samples),
                    milliseconds = times.Milliseconds,
                    processor = times.Processor,
                }
            )
        );
    }
}
