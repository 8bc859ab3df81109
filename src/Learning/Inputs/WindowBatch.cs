namespace Coverslip.Learning.Inputs;

/// <summary>Pictures in memory at the network's size, such as windows of a slide.</summary>
/// <param name="Pixels">At least views · Count · H · W · 4 bytes: red, green, blue, mask (255 valid); one view after the
/// other, as many as the recipe has.</param>
/// <param name="Count">Pictures.</param>
public sealed record WindowBatch(byte[] Pixels, int Count);
