using Coverslip.Learning.Loop;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;

namespace Coverslip.Methods.Curriculum;

/// <summary>
/// Whole images alone for as long as a curriculum took: as many epochs as, at the pace of that run's own second step, fill the
/// time of both its steps. Counted in epochs before it begins, so that a training that was stopped goes on to the same numbers.
/// </summary>
internal static class SameTime
{
    /// <summary>The epochs, at least one.</summary>
    /// <param name="run">The curriculum's run folder.</param>
    /// <param name="part">The folder of the part that is trained, whose namesake in the other run says how long.</param>
    /// <param name="device">On a GPU the time on the clock counts, else that of the processor.</param>
    /// <exception cref="RecipeException">There is no such run, or it does not say how long it took.</exception>
    internal static int Epochs(string run, string part, Device device)
    {
        var folder = Directory.Exists(Path.Combine(run, "part-1"))
            ? Path.Combine(run, Path.GetFileName(Path.TrimEndingDirectorySeparator(part)))
            : run;
        if (!File.Exists(new RunFolder(folder, make: false).Description))
            throw new RecipeException(
                $"same_time_as is '{run}'; {folder} is no finished training: finish it with 'coverslip train … --resume', or leave the key out"
            );
        double Of(RunState state) => device.IsCuda ? state.Seconds : state.Processor;
        var patches = new RunFolder(Path.Combine(folder, LesionPatches.Folder), make: false).Reached;
        var whole = new RunFolder(folder, make: false).Reached;
        if (patches.Epoch == 0 || Of(whole) <= 0)
            throw new RecipeException(
                $"same_time_as is '{run}'; {folder} does not say how long both its steps took (state.safetensors in it and in patches/): name a run of patches first, trained by this version"
            );
        return Math.Max(1, (int)Math.Round(whole.Epoch * (1 + (Of(patches) / Of(whole)))));
    }
}
