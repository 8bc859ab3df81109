using Coverslip.Learning.Augmentation;
using Coverslip.Learning.SlidePatches;

namespace Coverslip.Learning.Tests.SlidePatches;

/// <summary>A source that is only counts.</summary>
internal sealed class Counted(string name, params int[] counts) : PatchSource(name, name)
{
    public override int Count(int label) => counts[label];

    public override void Read(int label, int index, ImageChange change, PatchTarget target) =>
        throw new NotSupportedException();
}
