using Coverslip.Torch;
using Microsoft.ML.OnnxRuntime;
using Tensor = Coverslip.Torch.Tensor;

namespace Coverslip.Learning.Encoders;

/// <summary>ONNX Runtime at work on a file of one input, with this program's settings.</summary>
internal static class OnnxSession
{
    /// <summary>Opens a file on as many threads as libtorch has, or on a GPU where the library is a build for CUDA.</summary>
    /// <exception cref="InvalidDataException">ONNX Runtime does not open it.</exception>
    /// <exception cref="InvalidOperationException">A GPU is asked of a build without.</exception>
    internal static InferenceSession Open(string path, Device device)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = TorchRuntime.Threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (device != Device.Cpu)
            UseGpu(options, path, device);
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"{path}: ONNX Runtime does not open it: {error.Message}", error);
        }
    }

    private static void UseGpu(SessionOptions options, string path, Device device)
    {
        try
        {
            options.AppendExecutionProvider_CUDA(device.Index);
        }
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new InvalidOperationException(
                $"{path} cannot be computed on {device}: ONNX Runtime here is the build for processors; take --device cpu, a TorchScript file, or put the libonnxruntime.so of Microsoft.ML.OnnxRuntime.Gpu in its place",
                error
            );
        }
    }

    /// <summary>Some outputs of images [B, C, H, W] in float32.</summary>
    internal static Tensor[] Run(InferenceSession session, Tensor images, IReadOnlyCollection<string> outputs)
    {
        using var value = OrtValue.CreateTensorValueFromMemory(
            images.Contiguous().To(Device.Cpu, DType.Float32).ToArray<float>(),
            [.. images.Shape]
        );
        using var settings = new RunOptions();
        using var results = session.Run(settings, [session.InputNames[0]], [value], outputs);
        return [.. results.Select(r => Tensor.From(r.GetTensorDataAsSpan<float>(), r.GetTensorTypeAndShape().Shape))];
    }
}
