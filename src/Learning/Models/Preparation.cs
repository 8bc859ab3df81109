using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Progress;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>What a recipe's training data are made ready of.</summary>
/// <param name="Cohort">As the recipe takes it, see <see cref="RecipeCohort"/>.</param>
/// <param name="Device">Where to compute.</param>
public sealed record Preparation(Cohort Cohort, Device Device)
{
    /// <summary>What images are brought to; null (default) for none.</summary>
    public InputStain? Stain { get; init; }

    /// <summary>The patients of each part; needed where masks are judged by thresholds fitted to the training patients.</summary>
    public Split? Split { get; init; }

    /// <summary>Folder in which computed masks are found, or made; needed where the recipe asks for masks.</summary>
    public string? MaskFolder { get; init; }

    /// <summary>Folder in which runs find the stages that they have in common; null (default): each trains its own.</summary>
    public string? SharedFolder { get; init; }

    /// <summary>The run's folder, for what is computed once before it is trained; null (default): there is none.</summary>
    public string? RunFolder { get; init; }

    /// <summary>Told what it is at; nobody by default.</summary>
    public IWorkProgress Progress { get; init; } = SilentProgress.Instance;

    /// <summary>Stops between masks.</summary>
    public CancellationToken Stop { get; init; }
}
