using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Learning.Runs;
using Coverslip.Torch;

namespace Coverslip.App.Commands;

/// <summary>
/// A run's recipe with the precision that <c>auto</c> comes to. What is stored as the run's recipe names the choice, so that
/// whatever reads the run knows of no other; <see cref="PrecisionChoice.FileName"/> keeps why.
/// </summary>
internal sealed class RunPrecision
{
    private readonly AutoText asked;
    private readonly AutoPrecision auto;
    private readonly string folder;
    private PrecisionChoice? choice;
    private Precision now = Precision.Float32;

    /// <param name="asked">The recipe as the user gave it.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="cohort">What is trained on.</param>
    /// <param name="resume">Whether a run that is there goes on.</param>
    /// <exception cref="IOException">The run that is to go on has no record of the choice.</exception>
    internal RunPrecision(AutoText asked, string folder, Cohort cohort, bool resume)
    {
        (this.asked, this.folder) = (asked, folder);
        var stored = Path.Combine(folder, "recipe.yaml");
        var begun = File.Exists(stored);
        var made = new Fingerprint().Add("recipe", asked.Text).Add("classes", cohort.Classes);
        auto = new AutoPrecision(folder, made.Hash, begun);
        choice = asked.Asks || begun ? auto.Kept : null;
        now = choice?.Precision ?? now;
        if (begun && resume && asked.Asks && choice is null)
            throw new IOException(
                $"{folder} keeps no {PrecisionChoice.FileName}, which says what precision: auto came to when it was begun; resume with its own recipe, {stored}, which names the precision"
            );
    }

    /// <summary>The recipe with what is chosen, and until then with float32, which takes the most memory and time.</summary>
    internal string Text => asked.Asks ? asked.With(now) : asked.Text;

    /// <summary>What the run records; null where the recipe says the precision.</summary>
    internal PrecisionChoice? Recorded => choice;

    /// <summary>Chooses where nothing is chosen yet, and tells; of several processes the first alone.</summary>
    /// <param name="recipe">As <see cref="Text"/> says.</param>
    /// <param name="classes">Their number.</param>
    /// <param name="device">Where it is trained.</param>
    /// <param name="processes">By how many.</param>
    /// <param name="stop">Stops between batches.</param>
    internal void Choose(IRecipe recipe, int classes, Device device, int processes, CancellationToken stop)
    {
        if (!asked.Asks)
            return;
        choice ??= auto.Choose([.. asked.Timed(recipe).Select(s => (s.Recipe, classes))], device, processes, stop);
        Console.Error.WriteLine(
            $"precision {choice.Words}; {Path.Combine(folder, PrecisionChoice.FileName)} keeps the choice, another machine may choose otherwise"
        );
        if (TorchRuntime.Reproducible)
            Console.Error.WriteLine(
                "note: precision: auto goes by time, which --reproducible does not repeat: to get the same numbers elsewhere, train by the run's own recipe.yaml, which names what was chosen"
            );
    }

    /// <summary>Takes what the first of several processes chose; whether the recipe is another now.</summary>
    internal bool Agree()
    {
        if (!asked.Asks)
            return false;
        var before = now;
        now = Ranks.Now.Told(choice?.Precision == Precision.Bfloat16) ? Precision.Bfloat16 : Precision.Float32;
        return now != before;
    }

    /// <summary>Nothing of an earlier start that failed stays in a run whose recipe says the precision.</summary>
    internal void Clean()
    {
        if (choice is null)
            File.Delete(Path.Combine(folder, PrecisionChoice.FileName));
    }
}
