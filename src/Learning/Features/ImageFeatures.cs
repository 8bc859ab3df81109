namespace Coverslip.Learning.Features;

/// <summary>Numbers that describe an image by its valid pixels.</summary>
public interface IImageFeatures
{
    /// <summary>As recipes name it.</summary>
    string Name { get; }

    /// <summary>How many numbers.</summary>
    int Count { get; }

    /// <summary>The numbers of an image, [<see cref="Count"/>]; zeros where no pixel counts.</summary>
    double[] Describe(PatchPixels image);
}
