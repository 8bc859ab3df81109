namespace Coverslip.Learning.Runs;

/// <summary>A recipe whose runs say what each pixel of an image file shows.</summary>
public interface ISegmentsImages
{
    /// <summary>A run as it segments image files.</summary>
    /// <exception cref="InvalidOperationException">Something is asked that it cannot do.</exception>
    IImageSegmentation OpenImages(TrainedModel run, PredictionRequest asked);
}

/// <summary>Segments image files one by one.</summary>
public interface IImageSegmentation
{
    /// <summary>Writes an image's files into a folder; returns what came of it, in words.</summary>
    /// <param name="path">The image.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="stop">Asked between batches.</param>
    string Write(string path, string folder, CancellationToken stop);
}
