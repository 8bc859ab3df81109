using Coverslip.Evaluation.Cohorts;
using Coverslip.Methods.Training;
using Coverslip.Torch;

namespace Coverslip.App.Commands;

/// <summary>The masks of a run: made where they are missing, found where they are not.</summary>
internal static class RunMasks
{
    internal static PatchMasks? Prepare(InputOptions input, Cohort cohort, string folder, Device device, CancellationToken stop)
    {
        if (input.Form == InputForm.Raw) return null;
        return new PatchMasks(cohort.MaskPath, (i, m, _) => (i.Clone(), m.Clone()));
    }
}
