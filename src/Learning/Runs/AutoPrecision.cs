using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;

namespace Coverslip.Learning.Runs;

/// <summary>A recipe of which a run or a study asks what <c>precision: auto</c> comes to.</summary>
/// <param name="Text">YAML.</param>
/// <param name="File">Names it in errors.</param>
public sealed record AutoText(string Text, string File)
{
    private IReadOnlyList<string> keys = [];

    /// <summary>Looks for the keys that say auto.</summary>
    /// <exception cref="RecipeException">The recipe cannot be used.</exception>
    public static AutoText Of(string text, string file, MethodList methods) =>
        new(text, file)
        {
            keys =
            [
                .. methods
                    .Explain(text, file)
                    .Where(k => k.Name == "precision" && (string?)k.Value == Words.Kebab($"{Precision.Auto}"))
                    .Select(k => k.Path),
            ],
        };

    /// <summary>Whether any of its keys says auto.</summary>
    public bool Asks => keys.Count > 0;

    /// <summary>The recipe with a precision in place of auto.</summary>
    public string With(Precision precision) =>
        YamlText.With(Text, File, [.. keys.Select(key => $"{key}={Words.Kebab($"{precision}")}")]);

    /// <summary>The stages that ask; all where what asks is no stage of its own.</summary>
    /// <param name="recipe">As the text says, with any precision.</param>
    public IReadOnlyList<TrainingStage> Timed(IRecipe recipe)
    {
        TrainingStage[] asking = [.. recipe.Stages.Where(s => keys.Contains($"{s.Section}.precision"))];
        return asking.Length > 0 ? asking : recipe.Stages;
    }
}

/// <summary>Chooses once for a folder, and keeps the choice there for whoever works in it later or at the same time.</summary>
/// <param name="folder">Of a run or a study.</param>
/// <param name="madeOf">What the choice is for, see <see cref="PrecisionChoice.MadeOf"/>.</param>
/// <param name="begun">Whether something was trained there: then the choice stands, whatever it was made for.</param>
public sealed class AutoPrecision(string folder, string madeOf, bool begun)
{
    /// <summary>Whether the device computes in bfloat16 at all; by default as the processor says, and of a GPU its time does.</summary>
    internal Func<Device, bool> HasBfloat16 { get; init; } = device => device.IsCuda || Processor.HasBfloat16;

    /// <summary>How many times as fast bfloat16 has to be.</summary>
    internal double LeastGain { get; init; } = PrecisionChoice.StandardLeastGain;

    /// <summary>What the folder keeps for this; null for nothing.</summary>
    public PrecisionChoice? Kept =>
        PrecisionChoice.Kept(folder) is { } kept && (begun || kept.MadeOf == madeOf) ? kept : null;

    /// <summary>What is kept, or is measured and kept now.</summary>
    /// <param name="stages">What would be timed, with the number of classes of each.</param>
    /// <param name="device">Where.</param>
    /// <param name="processes">How many share a batch.</param>
    /// <param name="stop">Stops between batches.</param>
    public PrecisionChoice Choose(
        IReadOnlyList<(INetworkRecipe, int)> stages,
        Device device,
        int processes,
        CancellationToken stop
    )
    {
        var file = Path.Combine(folder, "claims", "precision");
        using var claim = FileClaim.Await(file, stop);
        var choice = Kept ?? Measured(stages, device, processes, stop);
        choice.Keep(folder);
        System.IO.File.Delete(file);
        return choice;
    }

    private PrecisionChoice Measured(
        IReadOnlyList<(INetworkRecipe, int)> stages,
        Device device,
        int processes,
        CancellationToken stop
    )
    {
        var on = device.IsCuda
            ? $"{device}, {RunEnvironment.Versions}"
            : $"{Processor.Model}, {TorchRuntime.Threads} threads, {RunEnvironment.Versions}";
        if (!HasBfloat16(device))
            return PrecisionChoice.Without("this processor has no bfloat16 instructions", on, madeOf);
        if (stages.Count == 0)
            return PrecisionChoice.Without("nothing of the recipe is trained in batches", on, madeOf);
        var trial = new PrecisionTrial(device) { Processes = processes };
        return PrecisionChoice.Of(trial.Of(stages, stop), LeastGain, on, madeOf);
    }
}
