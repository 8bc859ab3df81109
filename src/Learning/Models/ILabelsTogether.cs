using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Learning.Models;

/// <summary>A recipe for which several rows of a cohort have one label together, such as a patient's images.</summary>
public interface ILabelsTogether
{
    /// <summary>The cohort with the common label at every row.</summary>
    /// <exception cref="InvalidDataException">Rows contradict each other, and the recipe does not say which counts.</exception>
    Cohort Labeled(Cohort cohort);
}
