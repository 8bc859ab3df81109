using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>Forward and backward pass over random images, by which a training is estimated before it begins.</summary>
internal static class TrialStep
{
    /// <summary>Leaves gradients in the model, and the device idle.</summary>
    /// <param name="recipe">The size and number of views of an image.</param>
    /// <param name="model">The network.</param>
    /// <param name="size">How many images, of how many classes.</param>
    /// <param name="precision">Numbers of the forward pass.</param>
    internal static void Gradients(
        INetworkRecipe recipe,
        IClassifier model,
        (int Images, int Classes) size,
        Precision precision
    )
    {
        var ((count, classes), device) = (size, model.Store.Device);
        using var scope = new TensorScope();
        var image = Tensor
            .Rand([count, 3, recipe.Input.Height, recipe.Input.Width], device: device)
            .Contiguous(MemoryFormat.ChannelsLast);
        var mask = Tensor.Ones([count, 1, recipe.Input.Height, recipe.Input.Width], device: device);
        Tensor[] further = [.. recipe.Views.Skip(1).Select(_ => image)];
        model.Store.ClearGradients();
        Outcome outcome;
        using (var forward = new TensorScope())
        using (precision.On(device))
            outcome = model
                .Judge(
                    new Batch(image, mask, Tensor.Zeros([count], DType.Int64, device), null)
                    {
                        FurtherViews = further,
                        Findings = Tensor.Zeros([count, classes], device: device),
                    }
                )
                .KeptBy(forward);
        outcome.Total.Backward();
        TorchRuntime.Synchronize(device);
    }
}
