namespace Coverslip.Torch;

/// <summary>What follows a batch normalization or a convolution; native/torch knows the numbers.</summary>
public enum Activation
{
    None,
    Relu,

    /// <summary>ReLU cut off at 6.</summary>
    Relu6,
}

internal static class Activations
{
    /// <summary>The same tensor, activated.</summary>
    internal static Tensor InPlace(this Activation activation, Tensor y) =>
        activation switch
        {
            Activation.Relu => y.ReluInPlace(),
            Activation.Relu6 => y.Relu6InPlace(),
            _ => y,
        };

    /// <summary>Where a ReLU stands, as native/torch numbers it.</summary>
    internal static int Number(this Activation activation) =>
        activation switch
        {
            Activation.Relu => 2,
            Activation.Relu6 => 3,
            _ => 0,
        };
}
