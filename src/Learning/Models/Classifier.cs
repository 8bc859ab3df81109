using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Models;

/// <summary>The parts of a loss: what is descended, and what is reported of it.</summary>
/// <param name="Total">Scalar to descend.</param>
/// <param name="Class">The class loss in it.</param>
/// <param name="Reconstruction">The reconstruction's share in it, weight included; null where there is none.</param>
/// <param name="Probabilities">[B, classes], without gradient.</param>
public readonly record struct Outcome(Tensor Total, Tensor Class, Tensor? Reconstruction, Tensor Probabilities)
{
    internal LossParts Numbers => new(Total.Item(), Class.Item(), Reconstruction?.Item() ?? 0);

    /// <summary>The same, handed out of a scope.</summary>
    internal Outcome KeptBy(TensorScope scope)
    {
        foreach (var tensor in (Tensor?[])[Class, Reconstruction, Probabilities, Total])
            if (tensor is not null)
                scope.Keep(tensor);
        return this;
    }
}

/// <summary>A network with its loss: what the training loop and prediction know of a method.</summary>
public interface IClassifier : IDisposable
{
    /// <summary>Parameters, buffers, device, training switch.</summary>
    ParameterStore Store { get; }

    /// <summary>Loss and probabilities of a batch.</summary>
    Outcome Judge(Batch batch);

    /// <summary>Probabilities of a batch alone, [B, classes].</summary>
    Tensor Predict(Batch batch);

    /// <summary>What the last layer gets of a batch, [B, features]; null, the default, of a network that does not say.</summary>
    Tensor? Describe(Batch batch) => null;

    /// <summary>
    /// Told that the weights stay as they are and only <see cref="Predict"/> follows; a method that has a faster form
    /// for that takes it on.
    /// </summary>
    /// <param name="type">What to compute in.</param>
    void PrepareToPredict(DType type) { }
}
