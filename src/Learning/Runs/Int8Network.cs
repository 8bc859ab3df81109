using Coverslip.Learning.Encoders;
using Coverslip.Torch;
using Coverslip.Torch.Scripts;
using Microsoft.ML.OnnxRuntime;
using Tensor = Coverslip.Torch.Tensor;

namespace Coverslip.Learning.Runs;

/// <summary>A network over numbers of eight bits, computed by ONNX Runtime; of several threads at once, too.</summary>
/// <param name="path">Its file.</param>
internal sealed class Int8Network(string path) : IDisposable
{
    private readonly InferenceSession session = OnnxSession.Open(path, Device.Cpu);

    /// <summary>Probabilities [B, classes] of a batch's images [B, 3, H, W].</summary>
    internal Tensor Probabilities(Tensor images) => OnnxSession.Run(session, images, [OnnxFile.Output])[0];

    public void Dispose() => session.Dispose();
}
