namespace Coverslip.Learning.Backbones;

/// <summary>Sides of maps without computing them; 0 where a kernel finds no place.</summary>
internal static class MapSize
{
    /// <summary>After a convolution or pooling of a side.</summary>
    /// <param name="side">The side before.</param>
    /// <param name="kernel">The kernel's side.</param>
    /// <param name="stride">Its step.</param>
    /// <param name="padding">Cells added at each end.</param>
    internal static int After(int side, int kernel, int stride = 1, int padding = 0) =>
        side == 0 || side + 2 * padding < kernel ? 0 : (side + 2 * padding - kernel) / stride + 1;

    /// <summary>The same where a last window may reach beyond the end, as long as it begins inside.</summary>
    internal static int AfterCeiling(int side, int kernel, int stride) =>
        side == 0 || side + stride - 1 < kernel ? 0 : (side - kernel + stride - 1) / stride + 1;

    /// <summary>Half the side, rounded up: a step of two over a side that is padded to suit.</summary>
    internal static int Halved(int side) => (side + 1) / 2;
}
