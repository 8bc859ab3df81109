namespace Coverslip.Torch;

/// <summary>
/// Something libtorch refused: the message names the operator or key, the operands' shapes and what was expected.
/// </summary>
public sealed class TorchException(string message, Exception? inner = null) : Exception(message, inner);
