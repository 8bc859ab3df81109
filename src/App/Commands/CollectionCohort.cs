using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Collections;
using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Images;

namespace Coverslip.App.Commands;

/// <summary>A published collection as a cohort: the file, and beside it boxes, masks and annotations where it needs them.</summary>
internal static class CollectionCohort
{
    private const string BoxesName = "boxes.csv";

    internal static int Write(Collection collection, string from, string to)
    {
        var csvFolder = Path.GetDirectoryName(Path.GetFullPath(to))!;
        var boxes = Path.Combine(Path.GetDirectoryName(to)!, BoxesName);
        var found = collection.Read(from, csvFolder);
        if (found.Boxes.Count > 0)
            WholeFile.NeedNew(boxes);
        Tell(collection, found);
        PackedFile.Unpack(found.Packed, csvFolder);
        if (found.Packed.Count > 0)
            Say(
                $"unpacked {found.Packed.Count} annotations into {Path.GetDirectoryName(Path.Combine(csvFolder, found.Packed[0].To))}"
            );
        foreach (var mask in found.Outlined)
            Draw(mask, csvFolder);
        if (found.Outlined.Count > 0)
            Say(
                $"drew {found.Outlined.Count} masks into {Path.GetDirectoryName(Path.Combine(csvFolder, found.Outlined[0].Mask))}"
            );
        if (found.Boxes.Count > 0)
        {
            BoxesFile.Write(boxes, found.Boxes);
            Say($"wrote {boxes}");
        }
        CohortFile.Write(to, found.Rows, found.FurtherColumns);
        Say($"wrote {to}");
        return CohortCheckCommand.Check(to, boxes: found.Boxes.Count > 0 ? boxes : null);
    }

    private static void Tell(Collection collection, CollectionRows found)
    {
        Say($"{collection.Title}: what is here, of what was published");
        var width = found.Counts.Max(c => c.What.Length);
        foreach (var count in found.Counts)
            Say($"  {count.What.PadRight(width)}  {count.Here:N0} of {count.Published:N0}");
        if (found.Counts.All(c => c.Here == c.Published))
            Say($"  every count is the published one");
        foreach (var more in found.Counts.Where(c => c.Here > c.Published))
            Say($"warning: {more.What}: {more.Here - more.Published:N0} more than published");
        foreach (var note in found.Notes)
            Say($"note: {note}");
    }

    /// <summary>Draws every outline of an image, whatever its class is called; a mask that is there has to be the same.</summary>
    private static void Draw(OutlinedMask wanted, string csvFolder)
    {
        var classes = new AnnotationClasses { Tumor = [.. AnnotationFile.Read(wanted.Outlines).Classes] };
        var (drawn, on) = OutlineMask.Draw(SlideAnnotations.Read(wanted.Outlines, classes), wanted.Image);
        using var mask = drawn;
        foreach (var note in on.Notes)
            Say($"note: {note}");
        var path = Path.Combine(csvFolder, wanted.Mask);
        if (!File.Exists(path))
        {
            ImageFile.Write(path, mask);
            return;
        }
        using var before = MaskFile.Read(path, (wanted.Image, mask.Width, mask.Height));
        if (!before.Pixels.SequenceEqual(mask.Pixels))
            throw new IOException(
                $"{path} is there already, and is another mask than {wanted.Outlines} draws; choose another --out, or delete that file first"
            );
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
