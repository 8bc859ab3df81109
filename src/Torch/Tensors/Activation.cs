namespace Coverslip.Torch;

/// <summary>What follows a batch normalization.</summary>
public enum Activation
{
    None,
    Relu,

    /// <summary>ReLU cut off at 6.</summary>
    Relu6,
}
