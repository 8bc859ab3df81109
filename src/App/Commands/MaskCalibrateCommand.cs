using System.CommandLine;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip mask calibrate</c>.</summary>
internal static class MaskCalibrateCommand
{
    internal static Command Create() => new("calibrate", "Fit the thresholds to a cohort, without labels.");
}
