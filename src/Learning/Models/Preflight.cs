using System.Diagnostics;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>What a run will need, estimated from a real step on a small input before anything is trained.</summary>
/// <param name="Parameters">Numbers in weights, frozen ones included.</param>
/// <param name="MemoryPerImage">Bytes that a training step holds for one image.</param>
/// <param name="MemoryFixed">Bytes of weights, gradients, optimizer and images, whatever the batch.</param>
/// <param name="MemoryAvailable">Bytes that the machine can give.</param>
/// <param name="Disk">Bytes that a run folder takes.</param>
/// <param name="StepSeconds">Time of one step at the recipe's batch.</param>
public sealed record Preflight(
    long Parameters,
    long MemoryPerImage,
    long MemoryFixed,
    long MemoryAvailable,
    long Disk,
    double StepSeconds
)
{
    /// <summary>Bytes at a batch size.</summary>
    public long Memory(int batch) => MemoryFixed + batch * MemoryPerImage;

    /// <summary>The largest batch that fits; 0 where not even one image does.</summary>
    public int LargestBatch =>
        (int)Math.Clamp((MemoryAvailable - MemoryFixed) / Math.Max(MemoryPerImage, 1), 0, int.MaxValue);

    /// <summary>
    /// Takes steps on about a sixteenth of an image's area (two and six images of quarter sides; small images whole)
    /// and
    /// scales memory and time by area: every activation of these networks grows with it. Published weights are read, so
    /// that
    /// a file that does not fit is told of before anything is trained.
    /// </summary>
    /// <param name="recipe">What is to run.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="device">Where; on a GPU memory is not estimated.</param>
    public static Preflight Of(INetworkRecipe recipe, int classes, Device device)
    {
        var (height, width) = (recipe.Input.Height, recipe.Input.Width);
        var (side, least) = (Math.Min(height, width), Math.Max(recipe.SmallestSide, 64));
        var divisor =
            side / 4 >= least ? 4
            : side / 2 >= least ? 2
            : 1;
        var small = recipe.Sized(height / divisor, width / divisor);
        const int few = 2,
            many = 6;
        var precision = recipe.Training.Precision;
        double seconds;
        long more;
        using (var model = small.Build(classes, device))
        {
            TrialStep.Gradients(small, model, (few, classes), precision); // libraries and kernels come in
            ProcessMemory.ResetPeak();
            TrialStep.Gradients(small, model, (few, classes), precision);
            // The allocator keeps what a step gives back, so that only a peak beyond an earlier peak tells of memory.
            var before = ProcessMemory.Peak;
            var clock = Stopwatch.StartNew();
            TrialStep.Gradients(small, model, (many, classes), precision);
            seconds = clock.Elapsed.TotalSeconds / many;
            more = (ProcessMemory.Peak - before) / (many - few);
        }
        using var whole = recipe.Build(classes, Device.Cpu);
        recipe.Begin(whole);
        var (parameters, trained) = (whole.Store.ParameterCount, whole.Store.Trainable.Sum(p => p.Value.Count));
        var scale = (double)height * width / ((height / divisor) * (width / divisor));
        return new Preflight(
            parameters,
            (long)(Math.Max(more, 1 << 18) * scale),
            ProcessMemory.Resident + (parameters + 3 * trained) * 4,
            ProcessMemory.Available + ProcessMemory.Resident,
            (2 * parameters + 2 * trained) * 4 + (1 << 20),
            seconds * scale * recipe.Training.Batch
        );
    }
}
