using Coverslip.Learning.Inputs;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Models;

/// <summary>What a network makes of an image on the way to its answer.</summary>
/// <param name="Patch">The image.</param>
/// <param name="Figures">Named figures; the same names of every image.</param>
public sealed record InnerView(Patch Patch, IReadOnlyList<(string Name, double Value)> Figures) : IDisposable
{
    /// <summary>A figure of each class, in their order; its name.</summary>
    public required (string Name, IReadOnlyList<double> Values) PerClass { get; init; }

    /// <summary>Pictures of it by kind, of the network's size; empty where none were asked for.</summary>
    public IReadOnlyList<(string Kind, Image Picture)> Pictures { get; init; } = [];

    public void Dispose()
    {
        foreach (var (_, picture) in Pictures)
            picture.Dispose();
    }
}

/// <summary>A network that can be looked into.</summary>
public interface ILookedInto : IClassifier
{
    /// <summary>Whether it reconstructs its images.</summary>
    bool Reconstructs { get; }

    /// <summary>One view of each image of a batch.</summary>
    /// <param name="raw">The images and their bytes, before these go back to their pool.</param>
    /// <param name="batch">The same as tensors.</param>
    /// <param name="pictured">Of which images pictures are wanted.</param>
    IReadOnlyList<InnerView> LookInto(RawBatch raw, Batch batch, Func<Patch, bool> pictured);
}

/// <summary>A model that may be looked into.</summary>
public interface IShowsInside : IModel
{
    /// <summary>Whether it reconstructs its images.</summary>
    bool Reconstructs { get; }

    /// <summary>Image by image, what is on the way to the answer; null of a network that does not show it.</summary>
    /// <param name="task">The images.</param>
    /// <param name="pictured">Of which of them pictures are wanted.</param>
    /// <param name="stop">Stops between batches.</param>
    IEnumerable<InnerView>? Inside(PredictionTask task, Func<Patch, bool> pictured, CancellationToken stop = default);
}
