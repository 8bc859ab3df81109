namespace Coverslip.Learning.Runs;

/// <summary>A recipe whose runs say what each pixel of an image file shows.</summary>
public interface ISegmentsImages
{
    /// <summary>
    /// The folder of a part that holds the network as it was before it saw a mask, when it only gave images back; null, the
    /// default, where there is none.
    /// </summary>
    string? BaseFolder => null;

    /// <summary>A run as it segments image files.</summary>
    /// <exception cref="InvalidOperationException">Something is asked that it cannot do.</exception>
    IImageSegmentation OpenImages(TrainedModel run, PredictionRequest asked);
}

/// <summary>What came of a segmented image.</summary>
/// <param name="Share">Of its pixels, those that are called foreground.</param>
/// <param name="Mask">The picture of these.</param>
/// <param name="Text">The same in words.</param>
public sealed record SegmentedFile(double Share, string Mask, string Text)
{
    /// <summary>In what it looks like nothing that the run was trained on; null (default) where it does not.</summary>
    public string? Unfamiliar { get; init; }
}

/// <summary>Segments image files one by one.</summary>
public interface IImageSegmentation
{
    /// <summary>Writes an image's files into a folder; returns what came of it, in words.</summary>
    /// <param name="path">The image.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="stop">Asked between batches.</param>
    SegmentedFile Write(string path, string folder, CancellationToken stop);
}
