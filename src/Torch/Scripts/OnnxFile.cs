using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Scripts;

/// <summary>
/// A network as an ONNX file (onnx.ai, opset <see cref="Opset"/>, float32) that any runtime computes: recorded from one
/// run, with batch normalization folded into convolutions and any number of images at once.
/// </summary>
public static class OnnxFile
{
    /// <summary>The version of ONNX's operators that files are written in: the newest whose Clip OpenCV 4.6 reads.</summary>
    public const int Opset = 10;

    /// <summary>Names of the one input and the one output.</summary>
    public const string Input = "images",
        Output = "output";

    /// <summary>Whether a file was written here: it names its producer in front of all else.</summary>
    public static bool IsOwn(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> begin = stackalloc byte[OnnxGraphWriter.Beginning];
        return file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length
            && OnnxGraphWriter.IsOwn(begin);
    }

    /// <summary>
    /// Images to record a network with, [5, 3, height, width]: five is a number that no side of a map is likely to have, so that
    /// shapes tell which side counts images.
    /// </summary>
    public static Tensor Example(int height, int width) =>
        Tensor.Rand([5, 3, height, width]).Contiguous(MemoryFormat.ChannelsLast);

    /// <summary>Records a network and writes what it computed.</summary>
    /// <param name="path">The file; it appears whole, or stays as it was.</param>
    /// <param name="stores">The state of the network, or of several; on the processor.</param>
    /// <param name="forward">The network.</param>
    /// <param name="example">See <see cref="Record"/>.</param>
    /// <param name="metadata">Facts for who opens it.</param>
    /// <inheritdoc cref="Record" path="/exception"/>
    public static void Save(
        string path,
        IReadOnlyList<ParameterStore> stores,
        Func<Tensor, Tensor> forward,
        Tensor example,
        IReadOnlyDictionary<string, string> metadata
    ) => Record(stores, forward, example).Save(path, metadata);

    /// <summary>
    /// Runs <paramref name="forward"/> once on <paramref name="example"/>, in evaluation mode, and keeps what it computed.
    /// The stores are folded to float32 and stay so.
    /// </summary>
    /// <param name="stores">The state of the network, or of several; on the processor.</param>
    /// <param name="forward">The network. What it decides in C# (sizes, branches) is recorded as for the
    /// example.</param>
    /// <param name="example">[B, C, H, W] in float32, of the size that the file is for; several images, a number that is none of
    /// the network's sides.</param>
    /// <exception cref="NotSupportedException">The network calls an operator that has no form here; its name is the message.</exception>
    public static OnnxRecording Record(
        IReadOnlyList<ParameterStore> stores,
        Func<Tensor, Tensor> forward,
        Tensor example
    )
    {
        foreach (var store in stores)
            store.Fold(DType.Float32);
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var graph = new OnnxGraphWriter();
        var recorder = new OnnxRecorder(graph, example.Size(0));
        recorder.Name(example, Input);
        (OperatorRecorder.Current, Tracing.IsOn) = (recorder, true);
        try
        {
            var output = forward(example);
            return new OnnxRecording(graph, example.Shape, (recorder.NameOf(output), output.Shape));
        }
        finally
        {
            (OperatorRecorder.Current, Tracing.IsOn) = (null, false);
            foreach (var store in stores)
                store.Fold(DType.Float32); // what was laid out while recording is not what computes fastest
        }
    }
}
