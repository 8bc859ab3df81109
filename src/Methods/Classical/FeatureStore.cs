using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;

namespace Coverslip.Methods.Classical;

/// <summary>Features of images, computed once for each image while a model lives.</summary>
internal sealed class FeatureStore(FeatureOptions options)
{
    private readonly ConcurrentDictionary<(Patch Image, string Name), double[]> known = new(new SameImage());

    /// <summary>Features [images][features] of a combination, in the order of the images.</summary>
    internal double[][] Of(PredictionTask images, string set, CancellationToken stop)
    {
        var kinds = KnownFeatures.Of(set, options);
        var rows = new double[images.Images.Count][];
        var done = 0;
        var threads = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = stop,
        };
        try
        {
            Parallel.For(
                0,
                rows.Length,
                threads,
                i =>
                {
                    rows[i] = [.. kinds.SelectMany(kind => Of(images.Set, images.Images[i], kind))];
                    images.Progress?.Invoke(Interlocked.Increment(ref done));
                }
            );
        }
        catch (AggregateException error)
        {
            // The first file that could not be read again is reason enough, and its message names it.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
        return rows;
    }

    private double[] Of(PatchSet set, Patch image, IImageFeatures kind) =>
        known.GetOrAdd(
            (image, kind.Name),
            key => kind.Describe(new PatchPixels(set.Pixels(key.Image), set.Input.Height, set.Input.Width))
        );

    /// <summary>By identity: images of two cohorts may have equal rows.</summary>
    private sealed class SameImage : IEqualityComparer<(Patch Image, string Name)>
    {
        public bool Equals((Patch Image, string Name) a, (Patch Image, string Name) b) =>
            ReferenceEquals(a.Image, b.Image) && a.Name == b.Name;

        public int GetHashCode((Patch Image, string Name) key) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(key.Image), key.Name.GetHashCode(StringComparison.Ordinal));
    }
}
