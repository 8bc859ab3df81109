using Coverslip.Learning.Augmentation;

namespace Coverslip.Learning.SlidePatches;

/// <summary>
/// What examples are drawn from as one: a slide, or the image files of a patient. Threads may share it.
/// </summary>
/// <param name="name">Names it in errors.</param>
/// <param name="patient">Whose it is.</param>
public abstract class PatchSource(string name, string patient)
{
    public string Name => name;

    public string Patient => patient;

    /// <summary>How many examples of a class there are.</summary>
    /// <param name="label">Index of the class.</param>
    public abstract int Count(int label);

    /// <summary>Fills in an example.</summary>
    /// <param name="label">Index of the class.</param>
    /// <param name="index">Which of the class's examples.</param>
    /// <param name="change">Its random change.</param>
    /// <param name="target">Where its pixels go.</param>
    /// <exception cref="IOException">It cannot be read; the message names file and place.</exception>
    public abstract void Read(int label, int index, ImageChange change, PatchTarget target);
}

/// <summary>The place of an example in a batch's buffer of views · batch · H · W · 4 bytes.</summary>
/// <param name="Buffer">The batch's buffer.</param>
/// <param name="Place">Which example of the batch.</param>
/// <param name="Batch">Examples of the batch.</param>
/// <param name="Height">Rows of a picture.</param>
/// <param name="Width">Pixels to a row.</param>
public readonly record struct PatchTarget(byte[] Buffer, int Place, int Batch, int Height, int Width)
{
    private int Each => Height * Width * 4;

    /// <summary>The pixels of one view.</summary>
    public Span<byte> View(int view) => Buffer.AsSpan(((view * Batch) + Place) * Each, Each);
}
