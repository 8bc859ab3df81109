using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Learning.Models;

/// <summary>A setting that a cohort decides.</summary>
/// <param name="Setting">As of <c>--set</c>: <c>input.width=320</c>.</param>
/// <param name="Why">What of the cohort decides it.</param>
public sealed record FittedSetting(string Setting, string Why);

/// <summary>A recipe that may leave settings to the cohort that it is trained on.</summary>
public interface IFitsCohort
{
    /// <summary>The settings for a cohort; none where the recipe names all of them itself.</summary>
    IReadOnlyList<FittedSetting> Fit(Cohort cohort);
}
