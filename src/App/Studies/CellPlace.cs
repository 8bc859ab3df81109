namespace Coverslip.App.Studies;

/// <summary>Where a study trains.</summary>
/// <param name="Device">cpu, cuda or cuda:N.</param>
/// <param name="Jobs">Cells at the same time, each in a process of its own; 0: one after the other in this process.</param>
internal sealed record CellPlace(string Device, int Jobs)
{
    /// <summary>In this process, whose memory they share; one that crashes takes it down.</summary>
    internal bool IsHere => Jobs == 0;
}
